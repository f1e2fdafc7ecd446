//! `GET` and `POST /console/profiles/{id}/add`: the catalogue of payloads.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Map;
use tillsyn_apple::profile::catalogue::{self, Payload};
use tillsyn_core::Permission;
use tillsyn_core::actor::may;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::profiles::{self, DraftChange, Edit, SaveDraft};

use super::edit::refusal;
use super::form;
use super::head::{ProfileHead, ProfileTab, profile_id};
use super::page::{AddPayloadPage, PayloadOption, PayloadsOfKind};
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words::payloads;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::ui::{Choice, page, urls};

pub(crate) async fn add_form(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = profile_id(&id)?;
    let shown = built(&visitor, &id, String::new()).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn built(
    visitor: &Visitor,
    id: &ProfileId,
    problem: String,
) -> Result<AddPayloadPage, Failure> {
    may(visitor.actor(), Permission::ProfilesWrite)?;
    let (head, _) = ProfileHead::load(visitor, id, ProfileTab::Settings).await?;
    let find = visitor.query.get("find").unwrap_or_default().to_owned();
    let system = visitor.query.get("system").unwrap_or_default();
    let l = visitor.texts;
    Ok(AddPayloadPage {
        head,
        problem,
        groups: groups(l, &find, system),
        system: systems(l, system),
        find,
        f: visitor.frame(Place::Profiles, "").await?,
    })
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    variant: String,
    revision: i64,
}

pub(crate) async fn add(Path(id): Path<String>, form: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let id = profile_id(&id)?;
    let save = SaveDraft {
        revision: fields.revision,
        change: DraftChange::Edits(vec![Edit::AddPayload {
            payload_type: fields.kind,
            at: None,
            values: Map::new(),
        }]),
        comment: None,
    };
    let saved = match profiles::save_draft(visitor.core(), visitor.actor(), &id, save).await {
        Ok(saved) => saved,
        Err(error) => {
            let Some(problem) = refusal(&visitor, &id, &error).await? else {
                return Err(error.into());
            };
            let visitor = visitor.at(urls::profile_add(id.as_str()));
            let shown = built(&visitor, &id, problem).await?;
            return Ok(page(AppError::from(error).status(), &shown));
        }
    };
    let last = saved.summary.payloads.len().checked_sub(1);
    let to = urls::profile_payload(id.as_str(), last, false, &fields.variant);
    Ok(Redirect::to(&to).into_response())
}

fn systems(l: Texts, asked: &str) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice {
        chosen: value == asked,
        value: value.to_owned(),
        text,
    };
    let mut choices = vec![choice("", l.t("filter-all"))];
    choices.extend(catalogue::SYSTEMS.map(|system| {
        let name = catalogue::system_name(system);
        choice(name, name.to_owned())
    }));
    choices
}

/// Payloads that match, by what they are about: those that most people use first.
fn groups(l: Texts, find: &str, system: &str) -> Vec<PayloadsOfKind> {
    let system = catalogue::system_named(system);
    let find = find.trim().to_lowercase();
    let mut groups: Vec<PayloadsOfKind> = GROUPS
        .iter()
        .map(|(id, _)| PayloadsOfKind {
            id: (*id).to_owned(),
            title: group_title(l, id),
            options: Vec::new(),
        })
        .collect();
    for payload in catalogue::payloads() {
        if payload.kind == "com.apple.mdm" {
            continue;
        }
        let option = option(l, payload);
        let known = system.is_none_or(|system| payload.support.on(system).is_some());
        let matches = find.is_empty()
            || payload.mentions(&find)
            || option.title.to_lowercase().contains(&find)
            || option.text.to_lowercase().contains(&find);
        let place = group_of(payload.kind);
        if let Some(group) = groups.get_mut(place).filter(|_| known && matches) {
            group.options.push(option);
        }
    }
    for group in &mut groups {
        group.options.sort_by(|a, b| a.title.cmp(&b.title));
    }
    groups.retain(|group| !group.options.is_empty());
    groups
}

fn option(l: Texts, payload: &'static Payload) -> PayloadOption {
    let name = if payload.variant.is_empty() {
        payload.kind.to_owned()
    } else {
        format!("{}({})", payload.kind, payload.variant)
    };
    PayloadOption {
        kind: payload.kind,
        variant: payload.variant,
        icon: payloads::payload_icon(&name),
        title: form::payload_name(l, &name),
        text: payloads::payload_about(l, &name).unwrap_or_default(),
        support: form::tags(l, payload.support, None),
    }
}

/// Groups and what types of theirs begin with; what fits none is in the last.
const GROUPS: [(&str, &[&str]); 7] = [
    (
        "network",
        &[
            "com.apple.wifi",
            "com.apple.vpn",
            "com.apple.webcontent",
            "com.apple.dnsSettings",
            "com.apple.dnsProxy",
            "com.apple.proxy",
            "com.apple.relay",
            "com.apple.cellular",
            "com.apple.apn",
            "com.apple.networkusage",
            "com.apple.firstactiveethernet",
            "com.apple.firstethernet",
            "com.apple.globalethernet",
            "com.apple.secondactiveethernet",
            "com.apple.secondethernet",
            "com.apple.thirdactiveethernet",
            "com.apple.thirdethernet",
            "com.apple.airplay",
            "com.apple.airprint",
        ],
    ),
    (
        "certificates",
        &[
            "com.apple.security.acme",
            "com.apple.security.scep",
            "com.apple.security.root",
            "com.apple.security.pkcs",
            "com.apple.security.pem",
            "com.apple.security.certificate",
            "com.apple.ADCertificate",
        ],
    ),
    (
        "accounts",
        &[
            "com.apple.mail",
            "com.apple.eas",
            "com.apple.ews",
            "com.apple.caldav",
            "com.apple.carddav",
            "com.apple.ldap",
            "com.apple.subscribedcalendar",
            "com.apple.google-oauth",
            "com.apple.jabber",
            "com.apple.osxserver",
            "com.apple.extensiblesso",
            "com.apple.sso",
            "com.apple.DirectoryService",
            "com.apple.mobiledevice.accounts",
        ],
    ),
    (
        "security",
        &[
            "com.apple.mobiledevice.passwordpolicy",
            "com.apple.MCX.FileVault2",
            "com.apple.security.",
            "com.apple.systempolicy",
            "com.apple.system-extension-policy",
            "com.apple.syspolicy",
            "com.apple.TCC",
            "com.apple.smartcard",
            "com.apple.screensaver",
            "com.apple.loginwindow",
        ],
    ),
    (
        "restrictions",
        &[
            "com.apple.applicationaccess",
            "com.apple.familycontrols",
            "com.apple.SoftwareUpdate",
            "com.apple.preference",
        ],
    ),
    (
        "apps",
        &[
            "com.apple.webClip",
            "com.apple.app.lock",
            "com.apple.homescreenlayout",
            "com.apple.notificationsettings",
            "com.apple.dock",
            "com.apple.finder",
            "com.apple.font",
            "com.apple.ManagedClient",
            "com.apple.shareddeviceconfiguration",
        ],
    ),
    ("other", &[]),
];

fn group_of(kind: &str) -> usize {
    GROUPS
        .iter()
        .position(|(_, starts)| starts.iter().any(|start| kind.starts_with(start)))
        .unwrap_or(GROUPS.len() - 1)
}

fn group_title(l: Texts, id: &str) -> String {
    match id {
        "network" => l.t("payloads-network"),
        "certificates" => l.t("payloads-certificates"),
        "accounts" => l.t("payloads-accounts"),
        "security" => l.t("payloads-security"),
        "restrictions" => l.t("payloads-restrictions"),
        "apps" => l.t("payloads-apps"),
        _ => l.t("payloads-other"),
    }
}
