//! `GET` and `POST /console/campaigns/new`: first a look at the list, then the question to somebody else.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use jiff::civil::Date;
use serde::Deserialize;
use tillsyn_core::campaigns::{self, NewCampaign};
use tillsyn_core::commands::Act;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::{Error, Kind, Permission, actor};
use zeroize::Zeroizing;

use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::{Frame, Place};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::FieldError;
use crate::error::AppError;
use crate::ui::{Choice, page, urls};

/// Devices that are named when they cannot be in it.
const NAMED: usize = 50;

/// The form.
#[derive(Template)]
#[template(path = "console/campaign_new.html")]
pub struct NewCampaignPage {
    pub f: Frame,
    pub name: String,
    pub acts: Vec<Choice>,
    pub reason: String,
    pub starts: String,
    pub ends: String,
    pub serials: String,
    /// How many devices the list names; empty before it was looked at.
    pub count: String,
    pub found: String,
    pub confirm_error: String,
    pub password: bool,
    pub password_error: String,
    pub problem: String,
    pub refused: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    name: String,
    act: String,
    reason: String,
    starts: String,
    ends: String,
    serials: String,
    confirm: String,
    #[serde(deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn form(visitor: Visitor) -> Result<Response, Failure> {
    may(&visitor)?;
    let shown = empty(&visitor, &Fields::default()).await?;
    Ok(page(StatusCode::OK, &shown))
}

fn may(visitor: &Visitor) -> Result<(), Error> {
    actor::may(visitor.actor(), Permission::DevicesErase)
        .or_else(|_| actor::may(visitor.actor(), Permission::DevicesRetire))
}

async fn empty(visitor: &Visitor, fields: &Fields) -> Result<NewCampaignPage, Failure> {
    let l = visitor.texts;
    let act = |value: &str, text: String| Choice {
        chosen: fields.act == value,
        value: value.to_owned(),
        text,
    };
    Ok(NewCampaignPage {
        name: fields.name.clone(),
        acts: vec![
            act("retire", l.t("campaign-act-retire")),
            act("erase", l.t("campaign-act-erase")),
        ],
        reason: fields.reason.clone(),
        starts: fields.starts.clone(),
        ends: fields.ends.clone(),
        serials: fields.serials.clone(),
        count: String::new(),
        found: String::new(),
        confirm_error: String::new(),
        password: visitor.needs_password(),
        password_error: String::new(),
        problem: String::new(),
        refused: Vec::new(),
        f: visitor.frame(Place::Campaigns, "").await?,
    })
}

pub(crate) async fn ask(form_data: Filled<Fields>) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form_data.visitor, form_data.fields);
    may(&visitor)?;
    let l = visitor.texts;
    let mut shown = empty(&visitor, &fields).await?;
    let serials: Vec<String> = fields
        .serials
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let resolved = campaigns::resolve(visitor.core(), visitor.actor(), serials).await?;
    if !resolved.unknown.is_empty() {
        shown.problem = l.t("campaign-unknown");
        shown.refused = resolved.unknown.into_iter().take(NAMED).collect();
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    let act = Act::parse(&fields.act).unwrap_or(Act::Retire);
    let (core, who) = (visitor.core(), visitor.actor());
    let seen = match campaigns::preview(core, who, act, &resolved.devices).await {
        Ok(seen) => seen,
        Err(error) if error.kind == Kind::Invalid => {
            shown.problem = l.t("campaign-list-wrong");
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
        Err(error) => return Err(error.into()),
    };
    if !seen.refused.is_empty() {
        shown.problem = l.t("campaign-refused");
        let name = |id: &str| {
            let target = seen.targets.iter().find(|target| target.device_id == id);
            let serial = target.and_then(|target| target.serial_number.clone());
            serial.unwrap_or_else(|| id.to_owned())
        };
        let why = |code: &str| match code {
            "personal_device" => l.t("campaign-why-personal"),
            _ => l.t("campaign-why-not-enrolled"),
        };
        let lines = seen.refused.iter().take(NAMED);
        shown.refused = lines
            .map(|(id, code, _)| format!("{}: {}", name(id), why(code)))
            .collect();
        return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
    }
    shown.count = seen.targets.len().to_string();
    shown.found = l.tn("campaign-found", seen.targets.len());
    if fields.confirm.is_empty() {
        return Ok(page(StatusCode::OK, &shown));
    }
    let new = new_campaign(&visitor, &fields, act, resolved.devices);
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => campaigns::create(visitor.core(), visitor.actor(), new).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(made) => {
            let to = urls::campaign(made.id.as_str());
            Ok(go(visitor.state(), &to, Told::AskedSecond))
        }
        Err(error) => again(&visitor, shown, error),
    }
}

fn new_campaign(
    visitor: &Visitor,
    fields: &Fields,
    act: Act,
    devices: Vec<DeviceId>,
) -> NewCampaign {
    // The last day counts whole.
    let at = |text: &str, days: i64| {
        let date: Option<Date> = text.parse().ok();
        let date = date.and_then(|date| date.checked_add(jiff::Span::new().days(days)).ok());
        date.and_then(|date| date.to_zoned(visitor.zone.zone.clone()).ok())
            .map_or(0, |zoned| zoned.timestamp().as_millisecond())
    };
    NewCampaign {
        name: fields.name.clone(),
        act,
        reason: fields.reason.clone(),
        devices,
        starts_at: at(&fields.starts, 0),
        ends_at: at(&fields.ends, 1),
        confirm: Some(fields.confirm.clone()),
    }
}

fn again(visitor: &Visitor, mut shown: NewCampaignPage, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    match (error.kind, error.field, error.code) {
        (Kind::Invalid, Some("password"), _) => {
            shown.password = true;
            shown.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, ..) => {
            shown.password = true;
            shown.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("confirm"), _) => shown.confirm_error = l.t("campaign-confirm-wrong"),
        (Kind::Invalid, Some("ends_at"), _) => shown.problem = l.t("campaign-dates-wrong"),
        (Kind::Invalid, ..) => shown.problem = l.t("campaign-list-wrong"),
        (_, _, "frozen") => shown.problem = l.t("approval-problem-frozen"),
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}
