//! `GET` and `POST /console/settings/invitations`: how the organisation invites, and what units want otherwise.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::invitations::{
    AccountRule, InvitationPolicy, PinMode, PolicyPart, PolicyView, invitation_policy,
    set_invitation_policy, unit_policies,
};
use tillsyn_core::{Error, Kind, Permission};

use super::page::{PolicyLine, PolicyPage};
use super::words as own;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::Place;
use crate::console::notice::{Told, go};
use crate::console::organisation::unit_choices;
use crate::console::visitor::Visitor;
use crate::console::words;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    unit: String,
    pin: String,
    ownership: String,
    account: String,
    days: String,
    after: String,
    before: String,
    limit: String,
}

impl Fields {
    fn of(part: &PolicyPart) -> Self {
        let number = |value: Option<i64>| value.map_or_else(String::new, |value| value.to_string());
        let list = |days: Option<&Vec<i64>>| match days {
            None => String::new(),
            Some(days) if days.is_empty() => "0".to_owned(),
            Some(days) => own::days(days),
        };
        Self {
            unit: String::new(),
            pin: part.pin.map(PinMode::as_str).unwrap_or_default().to_owned(),
            ownership: part.ownership.clone().unwrap_or_default(),
            account: part
                .account
                .map(AccountRule::as_str)
                .unwrap_or_default()
                .to_owned(),
            days: number(part.days),
            after: list(part.remind_after_days.as_ref()),
            before: list(part.remind_before_days.as_ref()),
            limit: number(part.device_limit),
        }
    }

    /// What is no number is outside the range that the rule names.
    fn part(&self) -> PolicyPart {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let number = |text: &str| given(text).map(|text| text.parse().unwrap_or(-1));
        let list = |text: &str| {
            given(text).map(|text| match text.as_str() {
                "0" => Vec::new(),
                text => text
                    .split([',', ' ', '、'])
                    .filter(|day| !day.is_empty())
                    .map(|day| day.parse().unwrap_or(-1))
                    .collect(),
            })
        };
        PolicyPart {
            pin: PinMode::parse(&self.pin),
            days: number(&self.days),
            remind_after_days: list(&self.after),
            remind_before_days: list(&self.before),
            device_limit: number(&self.limit),
            ownership: given(&self.ownership),
            account: AccountRule::parse(&self.account),
        }
    }
}

pub(crate) async fn policy_page(visitor: Visitor) -> Result<Response, Failure> {
    let asked = visitor.query.get("unit").and_then(OrgUnitId::parse);
    let view = invitation_policy(visitor.core(), visitor.actor(), asked.as_ref()).await?;
    let shown = form(&visitor, &view, Fields::of(&view.own)).await?;
    Ok(page(StatusCode::OK, &shown))
}

pub(crate) async fn change_policy(filled: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (filled.visitor, filled.fields);
    let (core, actor) = (visitor.core(), visitor.actor());
    let unit = OrgUnitId::parse(&fields.unit);
    let to = urls::invitation_policy(&fields.unit);
    match set_invitation_policy(core, actor, unit.as_ref(), fields.part()).await {
        Ok(_) => Ok(go(visitor.state(), &to, Told::Saved)),
        Err(error) => {
            let view = invitation_policy(core, actor, unit.as_ref()).await?;
            let visitor = visitor.at(to);
            let mut shown = form(&visitor, &view, fields).await?;
            let error = name_field(&visitor, &mut shown, error)?;
            Ok(page(error.status(), &shown))
        }
    }
}

fn name_field(
    visitor: &Visitor,
    shown: &mut PolicyPage,
    error: Error,
) -> Result<AppError, Failure> {
    let l = visitor.texts;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("days")) => shown.days_error = l.t("invite-days-wrong"),
        (Kind::Invalid, Some("remind_after_days")) => {
            shown.after_error = l.t("invite-reminders-wrong");
        }
        (Kind::Invalid, Some("remind_before_days")) => {
            shown.before_error = l.t("invite-reminders-wrong");
        }
        (Kind::Invalid, Some("device_limit")) => shown.limit_error = l.t("invite-limit-wrong"),
        _ => return Err(error.into()),
    }
    Ok(error.into())
}

async fn form(visitor: &Visitor, view: &PolicyView, fields: Fields) -> Result<PolicyPage, Failure> {
    let l = visitor.texts;
    let usual = InvitationPolicy::default();
    let inherits = !view.root;
    let above = || {
        if inherits {
            l.t("invite-as-above")
        } else {
            l.t("invite-as-usual")
        }
    };
    let choices = |all: Vec<(&'static str, String)>, chosen: &str| -> Vec<Choice> {
        let open = [("", above())].into_iter().chain(all);
        open.map(|(value, text)| Choice {
            chosen: value == chosen,
            value: value.to_owned(),
            text,
        })
        .collect()
    };
    let hint = |text: String| {
        if inherits {
            l.t("invite-empty-above")
        } else {
            text
        }
    };
    let others = unit_policies(visitor.core(), visitor.actor()).await?;
    let others = others.iter().map(|other| PolicyLine {
        href: urls::invitation_policy(other.unit_id.as_str()),
        name: other.unit_name.clone(),
        words: own::policy(l, &other.effective),
    });
    Ok(PolicyPage {
        units: unit_choices(visitor, view.unit_id.as_str()).await?,
        unit_id: view.unit_id.to_string(),
        unit_name: view.unit_name.clone(),
        inherits,
        pins: choices(
            PinMode::ALL
                .map(|mode| (mode.as_str(), own::pin(l, mode)))
                .into(),
            &fields.pin,
        ),
        ownerships: choices(
            ["corporate", "personal"]
                .map(|owned| (owned, words::ownership(l, owned)))
                .into(),
            &fields.ownership,
        ),
        accounts: choices(
            AccountRule::ALL
                .map(|rule| (rule.as_str(), own::account(l, rule)))
                .into(),
            &fields.account,
        ),
        days: fields.days,
        days_hint: hint(l.tn("invite-usual-days", usual.days)),
        days_error: String::new(),
        after: fields.after,
        after_hint: hint(l.ta(
            "invite-usual-list",
            own::days(&usual.remind_after_days).as_str(),
        )),
        after_error: String::new(),
        before: fields.before,
        before_hint: hint(l.ta(
            "invite-usual-list",
            own::days(&usual.remind_before_days).as_str(),
        )),
        before_error: String::new(),
        limit: fields.limit,
        limit_hint: hint(l.t("invite-usual-limit")),
        limit_error: String::new(),
        effective: own::policy(l, &view.effective),
        others: others.collect(),
        may_change: visitor.may(Permission::SettingsWrite),
        f: visitor.frame(Place::InvitationPolicy, "").await?,
    })
}
