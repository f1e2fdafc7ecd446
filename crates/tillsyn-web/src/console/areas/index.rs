//! `GET /console/settings`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::clock::DAY_MS;
use tillsyn_core::first_steps::first_steps;
use tillsyn_core::push::LADDER_DAYS;
use tillsyn_core::{
    Permission as P, accounts, audit, branding, certificates, directory, inventory, mail,
    onboarding, org, push, settings, units, webhooks,
};

use super::page::{Area, AreasPage};
use super::{authorities, server};
use crate::console::failure::Failure;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::server::listeners;
use crate::ui::{Link, Tone, page, urls};

/// Every area that the role may see, each with how it stands.
pub(crate) async fn index(visitor: Visitor) -> Result<Response, Failure> {
    let mut areas = Vec::new();
    areas.extend(organisation(&visitor).await?);
    areas.extend(people(&visitor).await?);
    areas.extend(sign_in(&visitor).await?);
    areas.extend(push_area(&visitor).await?);
    areas.extend(authority(&visitor));
    areas.extend(enrollment(&visitor).await?);
    areas.extend(mail_area(&visitor).await?);
    areas.extend(guard(&visitor).await?);
    areas.extend(audit_area(&visitor).await?);
    areas.push(inventory_area(&visitor).await?);
    areas.extend(of_server(&visitor).await?);
    let steps = first_steps(visitor.core(), visitor.actor(), true).await?;
    let shown = AreasPage {
        areas,
        first_steps_hidden: steps.is_some_and(|steps| steps.hidden.is_some()),
        f: visitor.frame(Place::Settings, "").await?,
    };
    Ok(page(StatusCode::OK, &shown))
}

fn link(href: &str, text: String) -> Link {
    Link {
        href: href.to_owned(),
        text,
    }
}

fn area(
    icon: &'static str,
    title: String,
    (tone, state): (Tone, String),
    pages: Vec<Link>,
) -> Area {
    Area {
        icon,
        title,
        tone,
        state,
        pages,
    }
}

async fn organisation(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    let sees = [P::DevicesRead, P::PeopleRead, P::GroupsRead, P::UnitsWrite];
    if !sees.iter().any(|permission| visitor.may(*permission)) {
        return Ok(None);
    }
    let (core, actor) = (visitor.core(), visitor.actor());
    let units = units::count_units(core, actor).await?;
    let root = org::root(core).await?;
    let mut pages = vec![link(urls::UNITS, l.t("nav-units"))];
    let mut state = l.tn("area-units", units);
    if actor.reaches(&root.path) {
        let branding = branding::of_organisation(core).await?;
        pages.push(link(
            &urls::unit_branding(root.id.as_str()),
            l.t("area-branding"),
        ));
        let args = [("n", units.into()), ("a", (&branding.name).into())];
        state = l.t_args("area-units-named", &args);
    }
    let title = l.t("area-organisation");
    Ok(Some(area("overview", title, (Tone::Idle, state), pages)))
}

async fn people(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    if !visitor.may(P::PeopleRead) {
        return Ok(None);
    }
    let sources = directory::list_sources(visitor.core(), visitor.actor()).await?;
    let ill = sources.iter().filter(|one| one.ill_code.is_some()).count();
    let held: i64 = sources.iter().map(|one| one.held).sum();
    let state = if ill > 0 {
        (Tone::Bad, l.tn("area-directories-ill", ill))
    } else if held > 0 {
        (Tone::Warn, l.tn("area-directories-held", held))
    } else {
        (Tone::Idle, l.tn("area-directories", sources.len()))
    };
    let pages = vec![
        link(urls::DIRECTORIES, l.t("nav-directories")),
        link(urls::PEOPLE, l.t("nav-people")),
        link(urls::SELF_SERVICE, l.t("nav-self-service")),
    ];
    let pages = pages
        .into_iter()
        .filter(|page| page.href != urls::SELF_SERVICE || visitor.may(P::DevicesRead));
    let title = l.t("area-people");
    Ok(Some(area("people", title, state, pages.collect())))
}

async fn sign_in(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    let mut pages = Vec::new();
    let mut state = (Tone::Idle, l.t("area-sign-in-own"));
    if visitor.may(P::AccountsRead) {
        let (all, without) = accounts::count_second_steps(visitor.core(), visitor.actor()).await?;
        let args = [("n", without.into()), ("all", all.into())];
        state = if without == 0 {
            (Tone::Ok, l.tn("area-second-steps", all))
        } else {
            (Tone::Warn, l.t_args("area-without-second-step", &args))
        };
        pages.push(link(urls::ADMINISTRATORS, l.t("nav-administrators")));
        pages.push(link(urls::ROLES, l.t("nav-roles")));
    }
    if visitor.may(P::SignInWrite) {
        pages.push(link(urls::IDENTITY_PROVIDERS, l.t("nav-sign-on")));
    }
    if visitor.may(P::TokensOwn) {
        pages.push(link(urls::TOKENS, l.t("nav-tokens")));
    }
    if pages.is_empty() {
        return Ok(None);
    }
    Ok(Some(area("user", l.t("area-sign-in"), state, pages)))
}

async fn push_area(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    if !visitor.may(P::PushRead) {
        return Ok(None);
    }
    let topics = push::list_topics(visitor.core(), visitor.actor()).await?;
    let first = topics.iter().min_by_key(|topic| topic.not_after);
    let state = match first {
        None => (Tone::Bad, l.t("guide-push-missing")),
        Some(topic) => {
            let tone = match topic.days_left {
                ..14 => Tone::Bad,
                days if days < LADDER_DAYS[0] => Tone::Warn,
                _ => Tone::Ok,
            };
            let date = l.date(topic.not_after, &visitor.zone);
            (tone, l.ta("area-ends", &date))
        }
    };
    let pages = vec![link(urls::PUSH, l.t("nav-push"))];
    Ok(Some(area("shield", l.t("nav-push"), state, pages)))
}

fn authority(visitor: &Visitor) -> Option<Area> {
    let l = visitor.texts;
    if !visitor.may(P::DevicesRead) {
        return None;
    }
    let end = certificates::first_end(visitor.core());
    let days = (end - visitor.zone.now_ms).div_euclid(DAY_MS);
    let tone = if days < authorities::NEAR_DAYS {
        Tone::Warn
    } else {
        Tone::Ok
    };
    let date = l.date(end, &visitor.zone);
    let pages = vec![
        link(urls::AUTHORITIES, l.t("area-authorities")),
        link(urls::CERTIFICATES, l.t("area-certificates")),
    ];
    let state = (tone, l.ta("area-first-ends", &date));
    Some(area("key", l.t("area-authorities"), state, pages))
}

async fn enrollment(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    if !visitor.may(P::InvitationsRead) {
        return Ok(None);
    }
    let allowed = onboarding::somebody_brings_devices(visitor.core()).await?;
    let state = if allowed {
        l.t("area-own-devices-on")
    } else {
        l.t("area-own-devices-off")
    };
    let pages = vec![
        link(urls::INVITATION_POLICY, l.t("nav-invite-policy")),
        link(urls::ENROLLMENT_GUIDE, l.t("enroll-devices")),
    ];
    let title = l.t("area-enrollment");
    Ok(Some(area("enroll", title, (Tone::Idle, state), pages)))
}

async fn mail_area(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    let mut pages = Vec::new();
    let mut state = None;
    let root = org::root(visitor.core()).await?;
    if visitor.may(P::SettingsWrite) && visitor.actor().reaches(&root.path) {
        let server = mail::mail_server(visitor.core(), visitor.actor()).await?;
        state = Some(match server {
            Some(server) => (Tone::Ok, l.ta("area-mail", &server.host)),
            None => (Tone::Warn, l.t("guide-mail-missing")),
        });
        pages.push(link(urls::MAIL, l.t("nav-mail")));
    }
    if visitor.may(P::WebhooksRead) {
        let hooks = webhooks::list_webhooks(visitor.core(), visitor.actor()).await?;
        let count = (Tone::Idle, l.tn("area-webhooks", hooks.len()));
        state.get_or_insert(count);
        pages.push(link(urls::WEBHOOKS, l.t("nav-webhooks")));
    }
    let title = l.t("area-mail-webhooks");
    Ok(state.map(|state| area("mail", title, state, pages)))
}

async fn guard(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    if !visitor.may(P::DevicesRead) {
        return Ok(None);
    }
    let figures: settings::GuardSettings = settings::read(visitor.core(), settings::GUARD).await?;
    let args = [
        ("n", figures.hold_minutes.into()),
        ("from", figures.second_person_from.into()),
    ];
    let pages = vec![link(urls::GUARD, l.t("nav-guard"))];
    let state = (Tone::Idle, l.t_args("area-guard", &args));
    Ok(Some(area("lock", l.t("nav-guard"), state, pages)))
}

async fn audit_area(visitor: &Visitor) -> Result<Option<Area>, Failure> {
    let l = visitor.texts;
    if !visitor.may(P::AuditManage) {
        return Ok(None);
    }
    let kept = audit::audit_settings(visitor.core(), visitor.actor()).await?;
    let pages = vec![
        link(urls::AUDIT_SETTINGS, l.t("area-audit-settings")),
        link(urls::AUDIT, l.t("nav-audit")),
    ];
    let pages = pages
        .into_iter()
        .filter(|page| page.href != urls::AUDIT || visitor.may(P::AuditRead));
    let state = (Tone::Idle, l.tn("area-audit", kept.retention_days));
    Ok(Some(area(
        "audit",
        l.t("nav-audit"),
        state,
        pages.collect(),
    )))
}

async fn inventory_area(visitor: &Visitor) -> Result<Area, Failure> {
    let l = visitor.texts;
    let cadence = inventory::inventory_settings(visitor.core()).await?;
    let state = if cadence.scheduled {
        (Tone::Idle, l.tn("area-inventory", cadence.device_hours))
    } else {
        (Tone::Warn, l.t("area-inventory-off"))
    };
    let pages = vec![link(urls::INVENTORY, l.t("nav-inventory"))];
    Ok(area("refresh", l.t("nav-inventory"), state, pages))
}

/// Backup, and the server itself.
async fn of_server(visitor: &Visitor) -> Result<Vec<Area>, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let root = org::root(visitor.core()).await?;
    if !visitor.may(P::SettingsWrite) || !visitor.actor().reaches(&root.path) {
        return Ok(Vec::new());
    }
    let steps = first_steps(visitor.core(), visitor.actor(), true).await?;
    let backup = match steps.and_then(|steps| steps.backup) {
        Some(backup) => {
            let date = l.date(backup.at, zone);
            let args = [("a", (&date).into()), ("who", (&backup.by).into())];
            (Tone::Ok, l.t_args("area-backup", &args))
        }
        None => (Tone::Warn, l.t("area-backup-none")),
    };
    let shown = listeners(visitor.state()).await;
    let ends = shown.iter().map(|one| server::tls(l, zone, &one.tls));
    let worst = ends.max_by_key(|(_, tone, _)| match tone {
        Tone::Bad => 3,
        Tone::Warn => 2,
        Tone::Ok => 1,
        _ => 0,
    });
    let listening = worst.map_or_else(
        || (Tone::Idle, visitor.core().config().public_url.clone()),
        |(text, tone, _)| (tone, text),
    );
    Ok(vec![
        area(
            "archive",
            l.t("area-backup-title"),
            backup,
            vec![link(urls::BACKUP, l.t("area-backup-title"))],
        ),
        area(
            "globe",
            l.t("area-server"),
            listening,
            vec![link(urls::SERVER, l.t("area-server"))],
        ),
    ])
}
