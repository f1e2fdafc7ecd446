//! `/portal/devices/{id}`: one device of one's own, what there is to do, and what goes at once: its name, asking it
//! to check in, turning lost mode off, taking back what was asked.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::{CommandId, DeviceId};
use tillsyn_core::self_service::{self, Level, MyDeviceDetail, Said, SelfAct, Wanted};
use tillsyn_core::{Error, onboarding};

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::managed::Managed;
use super::my_words::{AskedLine, RemedyCard, asked, card, kind, looked, standing};
use super::paragraphs;
use super::session::{PortalForm, PortalUser};
use crate::error::AppError;
use crate::i18n::{Texts, When, Zone};
use crate::ui::{Status, urls};

/// A way to an act.
#[derive(Clone, Debug)]
pub struct Way {
    pub href: String,
    pub icon: &'static str,
    pub text: String,
    pub hint: String,
    pub danger: bool,
}

/// `GET /portal/devices/{id}`.
#[derive(Template)]
#[template(path = "portal/my_device.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the page shows")]
pub struct MyDevicePage {
    pub f: AppFrame,
    pub id: String,
    pub name: String,
    pub kind: String,
    pub personal: bool,
    pub status: Status,
    pub remedies: Vec<RemedyCard>,
    pub asked: Vec<AskedLine>,
    /// Label and value.
    pub facts: Vec<(String, String)>,
    pub seen: Option<When>,
    pub ways: Vec<Way>,
    pub may_rename: bool,
    pub label: String,
    pub label_error: String,
    pub may_check_in: bool,
    /// Lost mode is on by this person's doing.
    pub may_find: bool,
    pub may_reenroll: bool,
    /// When, and the sentence.
    pub looked: Vec<(When, String)>,
    /// What is managed and seen, while it is enrolled.
    pub managed: Option<Managed>,
    /// When they agreed to it; empty when they were not asked.
    pub agreed: String,
    /// Paragraphs of the terms as they were then.
    pub terms: Vec<String>,
}

pub(super) fn device_id(text: &str) -> Result<DeviceId, Error> {
    DeviceId::parse(text).ok_or_else(|| Error::not_found("device"))
}

pub(super) async fn show(
    user: PortalUser,
    Path(id): Path<String>,
) -> Result<Response, PortalFailure> {
    let id = device_id(&id)?;
    let actor = user.own_actor();
    let detail = self_service::my_device(user.core(), &actor, &id).await?;
    let notice = done(user.texts, user.query.get("done").unwrap_or_default());
    let user = user.saying(notice);
    let page = MyDevicePage::new(user.frame(PortalPlace::Devices), &user.zone, &detail);
    Ok(user.page(StatusCode::OK, &page))
}

impl MyDevicePage {
    pub(super) fn new(f: AppFrame, zone: &Zone, detail: &MyDeviceDetail) -> Self {
        let l = f.texts;
        let device = &detail.device;
        let can = |act: SelfAct| detail.offers(act).is_some();
        let cards = device.remedies.iter().map(|remedy| {
            let mut card = card(l, device, remedy);
            card.checks_in &= can(SelfAct::CheckIn);
            card.enrolls &= can(SelfAct::Reenroll);
            card
        });
        let asked = detail.asked.iter().map(|one| asked(l, one, zone));
        let looked = detail.looked.iter();
        let terms = detail
            .agreed
            .as_ref()
            .and_then(|agreed| agreed.terms.as_deref());
        let agreed = detail.agreed.as_ref();
        Self {
            managed: detail.ledger.as_ref().map(|ledger| Managed::new(l, ledger)),
            agreed: agreed.map_or_else(String::new, |agreed| l.moment(agreed.at, zone).text),
            terms: terms.map_or_else(Vec::new, paragraphs),
            id: device.id.to_string(),
            name: device.name.clone(),
            kind: kind(l, &device.platform),
            personal: device.is_personal(),
            status: standing(l, device),
            remedies: cards.collect(),
            asked: asked.collect(),
            facts: facts(l, detail),
            seen: device.last_seen.map(|at| l.ago(at, zone)),
            ways: ways(l, detail),
            may_rename: can(SelfAct::Rename),
            label: if device.labelled {
                device.name.clone()
            } else {
                String::new()
            },
            label_error: String::new(),
            may_check_in: can(SelfAct::CheckIn),
            may_find: detail.lost_by_me
                && detail
                    .acts
                    .iter()
                    .any(|state| state.act == SelfAct::LostMode && state.level == Level::On),
            may_reenroll: can(SelfAct::Reenroll),
            looked: looked
                .map(|one| (l.ago(one.at, zone), looked_line(l, one)))
                .collect(),
            f,
        }
    }
}

fn looked_line(l: Texts, one: &self_service::Looked) -> String {
    looked(l, one)
}

fn facts(l: Texts, detail: &MyDeviceDetail) -> Vec<(String, String)> {
    let device = &detail.device;
    let mut all = vec![(
        l.t("my-fact-owner"),
        if device.is_personal() {
            l.t("my-owner-you")
        } else {
            l.t("my-owner-organisation")
        },
    )];
    let mut fact = |label: String, value: Option<&String>| {
        if let Some(value) = value {
            all.push((label, value.clone()));
        }
    };
    fact(l.t("my-fact-model"), device.model_name.as_ref());
    fact(l.t("my-fact-os"), device.os_version.as_ref());
    fact(l.t("my-fact-serial"), device.serial_number.as_ref());
    let own = device.labelled.then_some(&device.own_name);
    fact(l.t("my-fact-own-name"), own);
    if device.platform == "macos" && device.enrolled {
        let accounts = match device.accounts.as_slice() {
            [] => l.t("my-accounts-none"),
            accounts => accounts.join(", "),
        };
        fact(l.t("my-fact-accounts"), Some(&accounts));
    }
    all
}

/// The ways to the acts that are let and possible, the harmless first.
fn ways(l: Texts, detail: &MyDeviceDetail) -> Vec<Way> {
    let id = detail.device.id.as_str();
    let way = |act: SelfAct, path: &str, icon, text: String, hint: String, danger| {
        let level = detail.offers(act)?;
        let hint = match level {
            Level::Approval => l.ta("my-way-approval", hint.as_str()),
            Level::Off | Level::On => hint,
        };
        Some(Way {
            href: urls::portal_act(id, path),
            icon,
            text,
            hint,
            danger,
        })
    };
    let lost = !detail.device.lost && !detail.lost_by_me;
    let all = [
        way(
            SelfAct::Lock,
            "lock",
            "lock",
            l.t("my-act-lock"),
            l.t("my-way-lock"),
            false,
        ),
        lost.then(|| {
            way(
                SelfAct::LostMode,
                "lost",
                "pin",
                l.t("my-act-lost"),
                l.t("my-way-lost"),
                false,
            )
        })
        .flatten(),
        way(
            SelfAct::ClearPasscode,
            "passcode",
            "key",
            l.t("my-act-passcode"),
            l.t("my-way-passcode"),
            false,
        ),
        way(
            SelfAct::Remove,
            "remove",
            "archive",
            l.t("my-act-remove"),
            l.t("my-way-remove"),
            true,
        ),
        way(
            SelfAct::Erase,
            "erase",
            "erase",
            l.t("my-act-erase"),
            l.t("my-way-erase"),
            true,
        ),
    ];
    all.into_iter().flatten().collect()
}

/// What the last act led to. The word travels in the address: whoever forges it shows themselves a sentence of ours.
fn done(l: Texts, word: &str) -> String {
    match word {
        "name" => l.t("my-done-name"),
        "check-in" => l.t("my-done-check-in"),
        "sent" => l.t("my-done-sent"),
        "held" => l.t("my-done-held"),
        "asked" => l.t("my-done-asked"),
        "taken-back" => l.t("my-done-taken-back"),
        _ => String::new(),
    }
}

pub(super) fn back(id: &DeviceId, word: &str) -> Response {
    let to = urls::Query::default().with("done", word);
    Redirect::to(&to.url(&urls::portal_device(id.as_str()))).into_response()
}

#[derive(Deserialize)]
pub(super) struct Name {
    #[serde(default)]
    name: String,
}

/// Gives it a name of the person's own.
pub(super) async fn rename(
    Path(id): Path<String>,
    form: PortalForm<Name>,
) -> Result<Response, PortalFailure> {
    let (user, fields) = (form.user, form.fields);
    let id = device_id(&id)?;
    let actor = user.own_actor();
    let label = Some(fields.name.clone());
    match self_service::rename(user.core(), &actor, &id, label).await {
        Ok(()) => Ok(back(&id, "name")),
        Err(error) if error.field == Some("name") => {
            let detail = self_service::my_device(user.core(), &actor, &id).await?;
            let user = user.at(urls::portal_device(id.as_str()));
            let mut page = MyDevicePage::new(user.frame(PortalPlace::Devices), &user.zone, &detail);
            page.label = fields.name;
            page.label_error = user.texts.t("my-name-wrong");
            Ok(user.page(AppError::from(error).status(), &page))
        }
        Err(error) => Err(error.into()),
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Asks the device how it is.
pub(super) async fn check_in(
    Path(id): Path<String>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let id = device_id(&id)?;
    let (core, actor) = (form.user.core(), form.user.own_actor());
    self_service::act(core, &actor, &id, Wanted::CheckIn, Said::default()).await?;
    Ok(back(&id, "check-in"))
}

/// A link for this device, which leads to its steps at once.
pub(super) async fn set_up_again(
    Path(id): Path<String>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let id = device_id(&id)?;
    let (core, actor) = (form.user.core(), form.user.own_actor());
    let own = onboarding::invite_again(core, &actor, &id).await?;
    Ok(Redirect::to(&urls::enroll(&own.code)).into_response())
}

/// Turns the lost mode off that they turned on.
pub(super) async fn found(
    Path(id): Path<String>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let id = device_id(&id)?;
    let (core, actor) = (form.user.core(), form.user.own_actor());
    self_service::act(core, &actor, &id, Wanted::LostOff, Said::default()).await?;
    Ok(back(&id, "sent"))
}

/// Takes back what they asked for.
pub(super) async fn take_back(
    Path((id, command)): Path<(String, String)>,
    form: PortalForm<Nothing>,
) -> Result<Response, PortalFailure> {
    let id = device_id(&id)?;
    let command = CommandId::parse(&command).ok_or_else(|| Error::not_found("command"))?;
    let (core, actor) = (form.user.core(), form.user.own_actor());
    self_service::cancel(core, &actor, &id, &command).await?;
    Ok(back(&id, "taken-back"))
}
