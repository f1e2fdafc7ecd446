//! `/console/settings/self-service`: what people may do to their own devices, unit by unit.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::onboarding::unit_own_devices;
use tillsyn_core::self_service::{self, Level, Owner, Policy, PolicyView, SelfAct};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use super::own_devices::OwnDevicesForm;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Place};
use crate::console::notice::{Told, go};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::Texts;
use crate::portal::my_words::act_name;
use crate::ui::{Choice, page, urls};

/// The page of one unit.
#[derive(Template)]
#[template(path = "console/self_service.html")]
pub struct SelfServicePage {
    pub f: Frame,
    pub units: Vec<Choice>,
    pub unit: String,
    pub unit_name: String,
    pub rows: Vec<ActRow>,
    pub may_change: bool,
    pub password: bool,
    pub password_error: String,
    pub problem: String,
    /// Whether they bring in more of them.
    pub own_devices: OwnDevicesForm,
}

/// One act with a choice per ownership; a personal device has none for what does not exist there.
pub struct ActRow {
    pub name: String,
    pub hint: String,
    pub corporate: LevelChoice,
    pub personal: Option<LevelChoice>,
}

/// What one unit says of one act.
pub struct LevelChoice {
    /// Name of the field.
    pub field: String,
    /// What holds in the unit, in words.
    pub holds: String,
    pub choices: Vec<Choice>,
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    unit: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
    /// `corporate-lock` and so on: `""` for what is as above.
    #[serde(flatten)]
    levels: BTreeMap<String, String>,
}

impl Fields {
    fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for owner in Owner::ALL {
            for act in SelfAct::ALL {
                let level = self.levels.get(&field(owner, act));
                if let Some(level) = level.and_then(|word| Level::parse(word)) {
                    policy.rules_mut(owner).insert(act, level);
                }
            }
        }
        policy
    }
}

fn field(owner: Owner, act: SelfAct) -> String {
    format!("{}-{}", owner.as_str(), act.as_str())
}

pub(crate) fn level_name(l: Texts, level: Level) -> String {
    match level {
        Level::Off => l.t("self-service-off"),
        Level::Approval => l.t("self-service-approval"),
        Level::On => l.t("self-service-on"),
    }
}

fn hint(l: Texts, act: SelfAct) -> String {
    match act {
        SelfAct::CheckIn => l.t("self-service-check-in-hint"),
        SelfAct::Rename => l.t("self-service-rename-hint"),
        SelfAct::Lock => l.t("self-service-lock-hint"),
        SelfAct::LostMode => l.t("self-service-lost-hint"),
        SelfAct::ClearPasscode => l.t("self-service-passcode-hint"),
        SelfAct::Remove => l.t("self-service-remove-hint"),
        SelfAct::Erase => l.t("self-service-erase-hint"),
        SelfAct::Reenroll => l.t("self-service-reenroll-hint"),
    }
}

/// The rows of the form: what the unit says, and beside it what holds.
pub(crate) fn rows(l: Texts, own: &Policy, effective: &Policy) -> Vec<ActRow> {
    let choice = |owner: Owner, act: SelfAct| {
        let said = own.rules(owner).get(&act).copied();
        let mut choices = vec![Choice {
            value: String::new(),
            text: l.t("self-service-as-above"),
            chosen: said.is_none(),
        }];
        for level in Level::ALL {
            if level != Level::Approval || act.can_be_asked() {
                choices.push(Choice {
                    value: level.as_str().to_owned(),
                    text: level_name(l, level),
                    chosen: said == Some(level),
                });
            }
        }
        LevelChoice {
            field: field(owner, act),
            holds: level_name(l, effective.level(owner, act)),
            choices,
        }
    };
    let row = |act: SelfAct| ActRow {
        name: act_name(l, act),
        hint: hint(l, act),
        corporate: choice(Owner::Corporate, act),
        personal: act.on_personal().then(|| choice(Owner::Personal, act)),
    };
    SelfAct::ALL.into_iter().map(row).collect()
}

pub(crate) async fn self_service_page(visitor: Visitor) -> Result<Response, Failure> {
    let asked = visitor.query.get("unit").unwrap_or_default().to_owned();
    Ok(page(StatusCode::OK, &shown(&visitor, &asked).await?))
}

/// The page of a unit as it is now.
pub(super) async fn shown(visitor: &Visitor, asked: &str) -> Result<SelfServicePage, Failure> {
    let view = view(visitor, asked).await?;
    let own = view.own.clone();
    form(visitor, view, &own).await
}

/// The policy of the unit that was asked for, else of the top of what the visitor reaches.
async fn view(visitor: &Visitor, asked: &str) -> Result<PolicyView, Failure> {
    let unit = if asked.is_empty() {
        let all = unit_choices(visitor, "").await?;
        all.first().map(|first| first.value.clone())
    } else {
        Some(asked.to_owned())
    };
    let unit = unit.as_deref().and_then(OrgUnitId::parse);
    let unit = unit.ok_or_else(|| Error::not_found("organisational unit"))?;
    Ok(self_service::policy(visitor.core(), visitor.actor(), Some(&unit)).await?)
}

async fn form(
    visitor: &Visitor,
    view: PolicyView,
    own: &Policy,
) -> Result<SelfServicePage, Failure> {
    let (core, actor) = (visitor.core(), visitor.actor());
    let own_devices = unit_own_devices(core, actor, Some(&view.unit_id)).await?;
    Ok(SelfServicePage {
        own_devices: OwnDevicesForm::new(visitor.texts, &own_devices),
        units: unit_choices(visitor, view.unit_id.as_str()).await?,
        unit: view.unit_id.to_string(),
        unit_name: view.unit_name,
        rows: rows(visitor.texts, own, &view.effective),
        may_change: visitor.may(Permission::SettingsWrite),
        password: visitor.needs_password(),
        password_error: String::new(),
        problem: String::new(),
        f: visitor.frame(Place::SelfService, "").await?,
    })
}

pub(crate) async fn change_self_service(form_data: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, form_data.fields);
    let unit = OrgUnitId::parse(&fields.unit);
    let unit = unit.ok_or_else(|| Error::not_found("organisational unit"))?;
    let confirmed = visitor.confirm(fields.password.clone()).await;
    let (core, actor) = (visitor.core(), visitor.actor());
    let policy = fields.policy();
    let done = match confirmed {
        Err(error) => Err(error),
        Ok(()) => self_service::set_policy(core, actor, Some(&unit), policy.clone()).await,
    };
    match done {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::self_service(unit.as_str()),
            Told::Saved,
        )),
        Err(error) => again(&visitor, unit.as_str(), &policy, error).await,
    }
}

async fn again(
    visitor: &Visitor,
    unit: &str,
    policy: &Policy,
    error: Error,
) -> Result<Response, Failure> {
    let l = visitor.texts;
    let view = view(visitor, unit).await?;
    let mut shown = form(visitor, view, policy).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("corporate" | "personal")) => {
            shown.problem = l.t("self-service-impossible");
        }
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}
