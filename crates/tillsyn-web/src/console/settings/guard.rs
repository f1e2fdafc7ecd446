//! `/console/settings/guard`: the guard's figures, what of the budget is used, what is frozen, and stopping
//! everything destructive.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::approvals::{self, Asked, Change, Outcome};
use tillsyn_core::guard::{self, FreezeView, UnitLine};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::settings::{GuardSettings, UnitGuard};
use tillsyn_core::{Error, Kind, Permission};
use zeroize::Zeroizing;

use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Place};
use crate::console::notice::{Told, go};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::i18n::{Texts, When};
use crate::ui::{Choice, page, urls};

/// The page.
#[derive(Template)]
#[template(path = "console/guard_settings.html")]
pub struct GuardPage {
    pub f: Frame,
    pub figures: Vec<GuardFigure>,
    pub reason: String,
    pub reason_error: String,
    pub password: bool,
    pub password_error: String,
    pub problem: String,
    /// Label, used and allowed.
    pub budget: Vec<(String, String)>,
    pub freezes: Vec<FreezeRow>,
    pub units: Vec<UnitRow>,
    pub unit: UnitForm,
    pub may_change: bool,
    pub may_stop: bool,
    pub may_unfreeze: bool,
}

/// One figure of the form.
pub struct GuardFigure {
    pub name: &'static str,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub error: String,
}

pub struct FreezeRow {
    pub id: String,
    pub at: When,
    /// Its unit, who and why; of a freeze above the visitor's scope nothing.
    pub known: Option<(String, String, String)>,
}

/// What one unit wants stricter.
pub struct UnitRow {
    pub name: String,
    pub hold_minutes: String,
    pub second_person_from: String,
}

/// The form for it; what is empty is as above the unit.
#[derive(Default)]
pub struct UnitForm {
    pub units: Vec<Choice>,
    pub hold_minutes: String,
    pub second_person_from: String,
    pub reason: String,
    pub error: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    /// Of the form for a unit.
    #[serde(default)]
    unit: String,
    #[serde(default)]
    hold_minutes: String,
    #[serde(default)]
    day_floor: String,
    #[serde(default)]
    day_percent: String,
    #[serde(default)]
    short_limit: String,
    #[serde(default)]
    second_person_from: String,
    #[serde(default)]
    reason: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

impl Fields {
    fn of(settings: &GuardSettings) -> Self {
        Self {
            hold_minutes: settings.hold_minutes.to_string(),
            day_floor: settings.day_floor.to_string(),
            day_percent: settings.day_percent.to_string(),
            short_limit: settings.short_limit.to_string(),
            second_person_from: settings.second_person_from.to_string(),
            ..Self::default()
        }
    }

    /// What is no number is out of bounds.
    fn settings(&self, units: BTreeMap<String, UnitGuard>) -> GuardSettings {
        let figure = |text: &str| text.trim().parse().unwrap_or(-1);
        GuardSettings {
            hold_minutes: figure(&self.hold_minutes),
            day_floor: figure(&self.day_floor),
            day_percent: figure(&self.day_percent),
            short_limit: figure(&self.short_limit),
            second_person_from: figure(&self.second_person_from),
            units,
        }
    }

    fn of_unit(&self) -> UnitGuard {
        let figure = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.parse().unwrap_or(-1))
        };
        UnitGuard {
            hold_minutes: figure(&self.hold_minutes),
            second_person_from: figure(&self.second_person_from),
        }
    }
}

pub(crate) async fn guard_page(visitor: Visitor) -> Result<Response, Failure> {
    let settings = guard::state(visitor.core(), visitor.actor())
        .await?
        .settings;
    let shown = form(&visitor, &Fields::of(&settings)).await?;
    Ok(page(StatusCode::OK, &shown))
}

async fn form(visitor: &Visitor, fields: &Fields) -> Result<GuardPage, Failure> {
    let (l, zone) = (visitor.texts, &visitor.zone);
    let state = guard::state(visitor.core(), visitor.actor()).await?;
    let figure = |name, label: String, hint: String, value: &str| GuardFigure {
        name,
        label,
        hint,
        value: value.to_owned(),
        error: String::new(),
    };
    let budget = &state.budget;
    let of = |used: i64, limit: i64| {
        l.t_args(
            "guard-of",
            &[("used", used.into()), ("limit", limit.into())],
        )
    };
    let row = |freeze: FreezeView| FreezeRow {
        at: l.ago(freeze.frozen_at, zone),
        id: freeze.id,
        known: freeze.known.map(|known| {
            let reason = known.reason.unwrap_or_default();
            (known.unit_name, known.frozen_by_name, reason)
        }),
    };
    Ok(GuardPage {
        figures: vec![
            figure(
                "hold_minutes",
                l.t("guard-hold-minutes"),
                l.t("guard-hold-minutes-hint"),
                &fields.hold_minutes,
            ),
            figure(
                "second_person_from",
                l.t("guard-second-from"),
                l.t("guard-second-from-hint"),
                &fields.second_person_from,
            ),
            figure(
                "day_floor",
                l.t("guard-day-floor"),
                l.t("guard-day-floor-hint"),
                &fields.day_floor,
            ),
            figure(
                "day_percent",
                l.t("guard-day-percent"),
                l.t("guard-day-percent-hint"),
                &fields.day_percent,
            ),
            figure(
                "short_limit",
                l.t("guard-short-limit"),
                l.t("guard-short-limit-hint"),
                &fields.short_limit,
            ),
        ],
        reason: fields.reason.clone(),
        reason_error: String::new(),
        password: visitor.needs_password(),
        password_error: String::new(),
        problem: String::new(),
        budget: vec![
            (
                l.t("guard-budget-day"),
                of(budget.organisation_day_used, budget.organisation_day_limit),
            ),
            (
                l.t("guard-budget-short"),
                of(
                    budget.organisation_short_used,
                    budget.organisation_short_limit,
                ),
            ),
            (
                l.t("guard-budget-own-day"),
                of(budget.actor_day_used, budget.actor_day_limit),
            ),
            (
                l.t("guard-budget-own-short"),
                of(budget.actor_short_used, budget.actor_short_limit),
            ),
        ],
        freezes: state.freezes.into_iter().map(row).collect(),
        units: state
            .units
            .into_iter()
            .map(|line| unit_row(l, line))
            .collect(),
        unit: UnitForm {
            units: unit_choices(visitor, &fields.unit).await?,
            ..UnitForm::default()
        },
        may_change: visitor.may(Permission::SettingsWrite),
        may_stop: state.may_stop,
        may_unfreeze: visitor.may(Permission::GuardApprove),
        f: visitor.frame(Place::Guard, "").await?,
    })
}

fn unit_row(l: Texts, line: UnitLine) -> UnitRow {
    let figure = |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |value| l.number(value));
    UnitRow {
        name: line.name,
        hold_minutes: figure(line.figures.hold_minutes),
        second_person_from: figure(line.figures.second_person_from),
    }
}

pub(crate) async fn change_guard(form_data: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, form_data.fields);
    let before = guard::state(visitor.core(), visitor.actor())
        .await?
        .settings;
    let change = Change::Guard {
        settings: fields.settings(before.units),
    };
    submit(&mut visitor, fields, Wish::Change(change)).await
}

/// What a unit wants stricter than what is above it.
pub(crate) async fn change_unit(form_data: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, form_data.fields);
    let unit = OrgUnitId::parse(&fields.unit);
    let unit = unit.ok_or_else(|| Error::not_found("organisational unit"))?;
    let figures = fields.of_unit();
    submit(&mut visitor, fields, Wish::Unit(unit, figures)).await
}

/// What one of the forms asks for.
enum Wish {
    Change(Change),
    Unit(OrgUnitId, UnitGuard),
}

async fn submit(visitor: &mut Visitor, fields: Fields, wish: Wish) -> Result<Response, Failure> {
    let asked = Asked {
        reason: Some(fields.reason.clone()),
        confirm: None,
    };
    let of_unit = matches!(wish, Wish::Unit(..));
    let confirmed = visitor.confirm(fields.password.clone()).await;
    let (core, actor) = (visitor.core(), visitor.actor());
    let done = match (confirmed, wish) {
        (Err(error), _) => Err(error),
        (Ok(()), Wish::Change(change)) => approvals::submit(core, actor, change, asked).await,
        (Ok(()), Wish::Unit(unit, figures)) => {
            guard::submit_unit(core, actor, &unit, figures, asked).await
        }
    };
    match done {
        Ok(Outcome::Done) => Ok(go(visitor.state(), urls::GUARD, Told::Saved)),
        Ok(Outcome::Waiting(id)) => {
            let to = urls::approval(id.as_str());
            Ok(go(visitor.state(), &to, Told::AskedSecond))
        }
        Err(error) if of_unit => unit_again(visitor, fields, error).await,
        Err(error) => again(visitor, &fields, error).await,
    }
}

async fn again(visitor: &Visitor, fields: &Fields, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let mut shown = form(visitor, fields).await?;
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), _) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("reason"), _) => {
            shown.reason_error = l.t("guard-reason-missing");
        }
        (Kind::Invalid, Some(field), _) => {
            let Some(figure) = shown.figures.iter_mut().find(|f| f.name == field) else {
                return Err(error.into());
            };
            figure.error = l.t("guard-figure-wrong");
        }
        (_, _, "approval_waiting") => shown.problem = l.t("guard-waits-already"),
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn unit_again(visitor: &Visitor, fields: Fields, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let settings = guard::state(visitor.core(), visitor.actor())
        .await?
        .settings;
    let kept = Fields {
        unit: fields.unit,
        ..Fields::of(&settings)
    };
    let mut shown = form(visitor, &kept).await?;
    shown.unit.error = match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), _) => FieldError::PasswordWrong.text(l),
        (Kind::FreshSignInNeeded, ..) => FieldError::Required.text(l),
        (Kind::Invalid, Some("reason"), _) => l.t("guard-reason-missing"),
        (Kind::Invalid, Some("hold_minutes" | "second_person_from"), _) => {
            l.t("guard-figure-wrong")
        }
        (_, _, "approval_waiting") => l.t("guard-waits-already"),
        _ => return Err(error.into()),
    };
    shown.password |=
        matches!(error.kind, Kind::FreshSignInNeeded) || error.field == Some("password");
    shown.unit.hold_minutes = fields.hold_minutes;
    shown.unit.second_person_from = fields.second_person_from;
    shown.unit.reason = fields.reason;
    Ok(page(AppError::from(error).status(), &shown))
}

#[derive(Deserialize)]
pub(crate) struct StopFields {
    #[serde(default)]
    reason: String,
}

/// Everything destructive of the reader's scope stops; nothing is asked, so that nobody loses time.
pub(crate) async fn stop_everything(form: Filled<StopFields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    guard::stop(visitor.core(), visitor.actor(), Some(&fields.reason)).await?;
    Ok(go(visitor.state(), urls::GUARD, Told::Stopped))
}

/// Asks a second person to end a freeze.
pub(crate) async fn unfreeze(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, mut fields) = (form.visitor, form.fields);
    let settings = guard::state(visitor.core(), visitor.actor())
        .await?
        .settings;
    fields = Fields {
        reason: fields.reason,
        password: fields.password,
        ..Fields::of(&settings)
    };
    let change = Change::Unfreeze { freeze_id: id };
    submit(&mut visitor, fields, Wish::Change(change)).await
}
