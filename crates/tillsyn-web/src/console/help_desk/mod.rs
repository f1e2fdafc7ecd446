//! `/console/help-desk` and the desk of one person.

mod act;
mod page;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use tillsyn_core::accounts::portal::own_account;
use tillsyn_core::devices::DeviceRow;
use tillsyn_core::help_desk::{self, AccountState, Desk, DeskAttempt, Hit, HitKind};
use tillsyn_core::ids::PersonId;
use tillsyn_core::invitations::InvitationView;
use tillsyn_core::{Error, Kind, Permission};

use super::failure::Failure;
use super::form::Filled;
use super::frame::Place;
use super::notice::{Told, go};
use super::visitor::Visitor;
use super::words;
use crate::i18n::{Lang, Texts, key};
use crate::portal::enroll::Failure as Cause;
use crate::ui::{Link, Status, Tone, page as answer, status, urls};

pub use act::{Advice, Button, DeskAct};
pub use page::{
    DeskAttemptRow, DeskDeviceRow, DeskFailure, DeskInvitationRow, DeskPage, HelpDeskPage, HitRow,
};

/// One hit opens at once.
pub(super) async fn find(visitor: Visitor) -> Result<Response, Failure> {
    let wanted = visitor.query.get("q").unwrap_or_default().trim().to_owned();
    let (mut hits, mut error) = (None, String::new());
    if !wanted.is_empty() {
        match help_desk::find(visitor.core(), visitor.actor(), &wanted).await {
            Ok(found) => {
                if let [only] = found.as_slice() {
                    return Ok(Redirect::to(&address(only)).into_response());
                }
                let rows = found.iter().map(|hit| row(visitor.texts, hit));
                hits = Some(rows.collect());
            }
            Err(refused) if refused.kind == Kind::Invalid => {
                error = visitor.texts.t("help-desk-short");
            }
            Err(refused) => return Err(refused.into()),
        }
    }
    let shown = HelpDeskPage {
        f: visitor.frame(Place::HelpDesk, "").await?,
        find: wanted,
        error,
        hits,
    };
    Ok(answer(StatusCode::OK, &shown))
}

fn address(hit: &Hit) -> String {
    match hit.target() {
        (HitKind::Person, id) => urls::person_desk(id),
        (HitKind::Device, id) => urls::device(id),
        (HitKind::Invitation, id) => urls::invitation(id),
    }
}

fn row(l: Texts, hit: &Hit) -> HitRow {
    let (icon, kind) = match hit.kind {
        HitKind::Person => ("user", key("person")),
        HitKind::Device => ("devices", key("device")),
        HitKind::Invitation => ("mail", key("invitation")),
    };
    HitRow {
        icon,
        kind: l.t(kind),
        href: address(hit),
        name: hit.name.clone(),
        detail: hit.detail.clone(),
    }
}

fn person_id(text: &str) -> Result<PersonId, Error> {
    PersonId::parse(text).ok_or_else(|| Error::not_found("person"))
}

pub(super) async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let id = person_id(&id)?;
    let desk = help_desk::desk(visitor.core(), visitor.actor(), &id).await?;
    let shown = filled(&visitor, desk).await?;
    Ok(answer(StatusCode::OK, &shown))
}

#[derive(Default, serde::Deserialize)]
pub(crate) struct NoFields {}

/// Where somebody goes on after an act that may have been done at a desk: a person, never an address.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct BackToDesk {
    back: String,
}

impl BackToDesk {
    /// The desk of the person who is named, else where the act's own page is.
    pub(crate) fn or(&self, own: String) -> String {
        match PersonId::parse(&self.back) {
            Some(person) => urls::person_desk(person.as_str()),
            None => own,
        }
    }
}

pub(super) async fn unlock(
    Path(id): Path<String>,
    form: Filled<NoFields>,
) -> Result<Response, Failure> {
    let (visitor, NoFields {}) = (form.visitor, form.fields);
    let id = person_id(&id)?;
    help_desk::unlock_sign_in(visitor.core(), visitor.actor(), &id).await?;
    let to = urls::person_desk(id.as_str());
    Ok(go(visitor.state(), &to, Told::Saved))
}

async fn filled(visitor: &Visitor, desk: Desk) -> Result<DeskPage, Failure> {
    let l = visitor.texts;
    let id = desk.person.id.to_string();
    let (account, account_note) = account(visitor, &desk);
    let account_acts = account_acts(visitor, &desk).await?;
    Ok(DeskPage {
        next: act::advice(l, &id, &desk.next, |permission| visitor.may(permission)),
        name: desk.person.name,
        email: desk.person.email.unwrap_or_default(),
        unit: desk.person.unit_name,
        account,
        account_note,
        account_acts,
        devices: desk
            .devices
            .map(|rows| rows.iter().map(|row| device(visitor, &id, row)).collect()),
        invitations: desk
            .invitations
            .map(|rows| rows.iter().map(|row| invitation(visitor, row)).collect()),
        attempts: desk
            .attempts
            .map(|rows| rows.iter().map(|row| attempt(visitor, row)).collect()),
        id,
        f: visitor.frame(Place::HelpDesk, "").await?,
    })
}

/// What a help desk does about a sign-in, without a way over the person's own page.
async fn account_acts(visitor: &Visitor, desk: &Desk) -> Result<Vec<DeskAct>, Failure> {
    let (l, id) = (visitor.texts, desk.person.id.as_str());
    if desk.person.status != "active" || !visitor.may(Permission::PeopleWrite) {
        return Ok(Vec::new());
    }
    let of = desk.person.name.clone();
    let mut acts = Vec::new();
    if matches!(desk.account, AccountState::Locked(_)) {
        acts.push(DeskAct {
            action: urls::person_unlock(id),
            icon: "lock",
            label: l.t("desk-unlock-act"),
            of: of.clone(),
            back: String::new(),
        });
    }
    let own = own_account(visitor.core(), visitor.actor(), &desk.person.id).await?;
    if own.may_have_password {
        acts.push(DeskAct {
            action: urls::person_sign_in(id, "link"),
            icon: "mail",
            label: l.t("desk-password-act"),
            of,
            back: id.to_owned(),
        });
    }
    Ok(acts)
}

fn account(visitor: &Visitor, desk: &Desk) -> (Status, String) {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let (tone, icon, word) = match desk.account {
        AccountState::None => (Tone::Idle, "dash", key("desk-account-none")),
        AccountState::NotOpened => (Tone::Info, "arrow", key("desk-account-not-opened")),
        AccountState::Good => (Tone::Ok, "check", key("desk-account-good")),
        AccountState::Locked(_) => (Tone::Bad, "lock", key("desk-account-locked")),
        AccountState::PasswordExpired => (Tone::Warn, "clock", key("desk-account-expired")),
        AccountState::Disabled => (Tone::Idle, "dash", key("desk-account-disabled")),
    };
    let note = match (desk.account, desk.last_sign_in_at) {
        (AccountState::Locked(until), _) => l.ta("desk-account-until", &l.date_time(until, zone)),
        (_, Some(at)) => l.ta("desk-account-last", &l.date_time(at, zone)),
        (AccountState::None, None) => String::new(),
        (_, None) => l.t("desk-account-never"),
    };
    (Status::new(tone, icon, l.t(word)), note)
}

fn device(visitor: &Visitor, person: &str, row: &DeviceRow) -> DeskDeviceRow {
    let l = visitor.texts;
    let model = row.model_name.as_deref().or(row.model.as_deref());
    let parts = [model, row.os_version.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    let managed = row.enrollment_status.as_deref().unwrap_or_default();
    DeskDeviceRow {
        link: Link {
            href: urls::device(row.id.as_str()),
            text: row.name.clone(),
        },
        what: parts.join(", "),
        status: match (managed, row.contact.as_str()) {
            ("active", "reachable") | ("", _) => status(l, "device", &row.status),
            ("active", contact) => status(l, "contact", contact),
            (ended, _) => status(l, "enrollment", ended),
        },
        seen: row.last_seen.map(|at| l.ago(at, &visitor.zone)),
        acts: if managed == "active" && visitor.may(Permission::DevicesQuery) {
            vec![DeskAct {
                action: urls::device_refresh(row.id.as_str()),
                icon: "refresh",
                label: l.t("desk-ask-act"),
                of: row.name.clone(),
                back: person.to_owned(),
            }]
        } else {
            Vec::new()
        },
    }
}

fn invitation(visitor: &Visitor, view: &InvitationView) -> DeskInvitationRow {
    let l = visitor.texts;
    let mut notes = Vec::new();
    if view.status == "open" {
        notes.push(l.ta(
            "desk-invitation-until",
            &l.deadline(view.expires_at, &visitor.zone),
        ));
        if view.pin_locked {
            notes.push(l.t("desk-invitation-pin"));
        }
    }
    DeskInvitationRow {
        link: Link {
            href: urls::invitation(view.id.as_str()),
            text: view.label.clone(),
        },
        status: status(l, "invitation", view.status),
        note: notes.join(" "),
        acts: invitation_acts(visitor, view),
    }
}

fn invitation_acts(visitor: &Visitor, view: &InvitationView) -> Vec<DeskAct> {
    let (l, id) = (visitor.texts, view.id.as_str());
    if !visitor.may(Permission::InvitationsWrite) {
        return Vec::new();
    }
    let act = |action: String, icon: &'static str, label: &str| DeskAct {
        action,
        icon,
        label: l.t(label),
        of: view.label.clone(),
        back: String::new(),
    };
    let mut acts = Vec::new();
    if view.status == "open" && view.has_pin {
        let renew = urls::invitation_renew_pin(id);
        acts.push(act(renew, "key", key("desk-pin-act")));
    }
    if matches!(view.status, "open" | "expired") {
        let resend = urls::invitation_resend(id);
        acts.push(act(resend, "mail", key("invite-resend")));
    }
    acts
}

fn attempt(visitor: &Visitor, found: &DeskAttempt) -> DeskAttemptRow {
    let l = visitor.texts;
    let step = found.failed_step.as_deref().unwrap_or_default();
    let failure = found.cause.as_deref().map(|cause| {
        let cause = Cause::from_value(cause).unwrap_or(Cause::Server);
        let chosen = found.language.as_deref().and_then(Lang::from_tag);
        let person = Texts::new(Lang::negotiate(chosen, None, l.lang()));
        DeskFailure {
            cause: cause.cause(l),
            remedy: cause.remedy_for_administrator(l),
            person_lang: person.tag(),
            person_cause: cause.cause(person),
            person_remedy: cause.remedy(person),
        }
    });
    DeskAttemptRow {
        link: Link {
            href: urls::attempt(&found.id),
            text: found.label.clone(),
        },
        status: words::attempt_status(l, &found.status, step),
        when: l.ago(found.at, &visitor.zone),
        failure,
    }
}
