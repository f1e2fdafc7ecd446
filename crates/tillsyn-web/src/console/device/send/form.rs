//! `GET` and `POST /console/devices/{id}/send/{type}`.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use tillsyn_core::commands::{
    self, Act, Asked, CommandType, Confirmation, Enqueued, NewCommand, Request,
};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::super::build::Build;
use super::super::dialog::with_pin;
use super::fields::{fields, parameters};
use super::page::{SendField, SendKind, SendOnePage};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::Place;
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::error::AppError;
use crate::ui::{Link, page, urls};

/// What was typed: the form's own fields, and one per parameter.
#[derive(Default, Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    plist: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    typed: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
    #[serde(flatten)]
    parameters: HashMap<String, String>,
}

/// A type of the catalogue, or a raw command.
#[derive(Clone, Copy)]
enum Chosen {
    Kind(&'static CommandType),
    Raw,
}

impl Chosen {
    fn of(name: &str) -> Result<Self, Error> {
        match CommandType::of(name) {
            Some(kind) => Ok(Self::Kind(kind)),
            None if name == "Raw" => Ok(Self::Raw),
            None => Err(Error::not_found("type of command")),
        }
    }

    fn asked(self, typed: &Fields) -> Result<Asked, Error> {
        match self {
            Self::Kind(kind) => Request::of(kind.name, parameters(kind, &typed.parameters)?),
            Self::Raw => Request::read(json!({ "type": "Raw", "plist": typed.plist })),
        }
    }
}

pub(crate) async fn send_form(
    visitor: Visitor,
    Path((id, kind)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let build = Build::new(&visitor, &id).await?;
    let chosen = Chosen::of(&kind)?;
    let slow = matches!(chosen, Chosen::Kind(kind) if kind.act.is_some_and(Act::is_slow));
    let shown = form(&build, chosen, &Fields::default(), slow).await?;
    Ok(page(StatusCode::OK, &shown))
}

/// The password first, then the one door.
pub(crate) async fn send(
    Path((id, kind)): Path<(String, String)>,
    filled: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, typed) = (filled.visitor, filled.fields);
    let confirmed = visitor.confirm(typed.password.clone()).await;
    let build = Build::new(&visitor, &id).await?;
    let chosen = Chosen::of(&kind)?;
    let made = match confirmed.and_then(|()| chosen.asked(&typed)) {
        Ok((request, profile)) => {
            let new = NewCommand {
                devices: vec![build.device.row.id.clone()],
                request,
                profile,
                reason: Some(typed.reason.clone()),
                confirmation: Confirmation {
                    typed: Some(typed.typed.clone()),
                    targets_digest: None,
                },
            };
            commands::enqueue(visitor.core(), visitor.actor(), new).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => done(&build, made).await,
        Err(error) => again(&build, chosen, &typed, error).await,
    }
}

async fn done(build: &Build<'_>, made: Enqueued) -> Result<Response, Failure> {
    let mut told = Told::Queued;
    for command in &made.commands {
        if let Some(pin) = command.unlock_pin.clone() {
            return with_pin(build, pin).await;
        }
        told = match (command.status, command.held_until) {
            ("held", Some(until)) => Told::Held(until),
            ("held", None) => Told::HeldForRelease,
            _ => Told::Queued,
        };
    }
    let to = urls::device_commands(build.device.row.id.as_str());
    Ok(go_undo(
        build.visitor.state(),
        &to,
        told,
        Undo::of(&made).as_ref(),
    ))
}

/// The form once more, with what was typed and what is wrong with it.
async fn again(
    build: &Build<'_>,
    chosen: Chosen,
    typed: &Fields,
    error: Error,
) -> Result<Response, Failure> {
    let l = build.visitor.texts;
    let confirming = matches!(error.code, "confirmation" | "reason_missing")
        || error.kind == Kind::FreshSignInNeeded
        || error.field == Some("password");
    let text = match (error.kind, error.field) {
        (Kind::FreshSignInNeeded, _) => l.t("send-password"),
        (Kind::Invalid, Some("password")) if error.code != "parameter_value" => {
            FieldError::PasswordWrong.text(l)
        }
        (Kind::Invalid, Some("confirm")) => FieldError::NameNotTyped.text(l),
        (Kind::Invalid, Some("reason")) => l.t("send-reason-missing"),
        (Kind::Invalid, Some("plist" | "command" | "type")) => l.t("send-wrong-plist"),
        (Kind::Invalid, Some(field)) => l.ta("send-wrong", &words::command_parameter(l, field)),
        (Kind::NotCapable, _) => refused(build, &error),
        (Kind::Overloaded, _) => words::refusal(l, error.code),
        _ => return Err(error.into()),
    };
    let slow =
        confirming || matches!(chosen, Chosen::Kind(kind) if kind.act.is_some_and(Act::is_slow));
    let mut shown = form(build, chosen, typed, slow).await?;
    shown.password |= error.kind == Kind::FreshSignInNeeded;
    shown.error = text;
    Ok(page(AppError::from(error).status(), &shown))
}

/// The reason of the one device.
fn refused(build: &Build<'_>, error: &Error) -> String {
    let data = error.data.as_ref();
    let code = data.and_then(|data| data["refused"][0]["code"].as_str());
    words::incapable(build.visitor.texts, code.unwrap_or_default())
}

async fn form(
    build: &Build<'_>,
    chosen: Chosen,
    typed: &Fields,
    slow: bool,
) -> Result<SendOnePage, Failure> {
    let (visitor, l, row) = (build.visitor, build.visitor.texts, &build.device.row);
    let id = row.id.as_str();
    let (name, title, shown) = match chosen {
        Chosen::Kind(kind) => (
            kind.name,
            words::command(l, kind.name),
            fields(l, kind, &typed.parameters),
        ),
        // What it may hold is not repeated.
        Chosen::Raw => (
            "Raw",
            l.t("send-raw"),
            vec![SendField {
                name: "plist".to_owned(),
                label: l.t("send-plist"),
                kind: SendKind::Plist,
                required: true,
                value: String::new(),
                choices: Vec::new(),
            }],
        ),
    };
    Ok(SendOnePage {
        device: Link {
            href: urls::device(id),
            text: row.name.clone(),
        },
        list: urls::device_send(id),
        title,
        request_type: name.to_owned(),
        action: urls::device_send_one(id, name),
        fields: shown,
        slow,
        must_type: row.name.clone(),
        typed: typed.typed.clone(),
        reason: typed.reason.clone(),
        password: slow && visitor.needs_password(),
        error: String::new(),
        f: visitor.frame(Place::Devices, "").await?,
    })
}
