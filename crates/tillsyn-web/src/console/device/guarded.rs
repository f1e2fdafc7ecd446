//! `GET` and `POST /console/devices/{id}/erase` and `…/retire`: slow on purpose (security §6).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::commands::{self, Confirmation, Enqueued, NewCommand, Request};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::acts::{erase_request, retire_request};
use super::build::Build;
use super::dialog::{guard_dialog, with_pin};
use super::page::DeviceTab;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::guard::{Dialog, GuardAct, GuardDialog};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::console::words::{self, FieldError};
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    keep_esim: bool,
    #[serde(default)]
    typed: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn erase_dialog(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    ask(&visitor, &id, GuardAct::Erase).await
}

pub(crate) async fn retire_dialog(
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    ask(&visitor, &id, GuardAct::Retire).await
}

pub(crate) async fn erase(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    act(&id, form, GuardAct::Erase).await
}

pub(crate) async fn retire(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    act(&id, form, GuardAct::Retire).await
}

fn request(build: &Build<'_>, act: GuardAct, keep_esim: bool) -> Result<Request, Error> {
    match act {
        GuardAct::Erase => Ok(erase_request(keep_esim && !build.is_mac())),
        GuardAct::Retire => retire_request(build)
            .ok_or_else(|| Error::new(Kind::NotCapable, "not_capable", "It is not enrolled.")),
    }
}

async fn ask(visitor: &Visitor, id: &str, act: GuardAct) -> Result<Response, Failure> {
    let build = Build::new(visitor, id).await?;
    let dialog = guard_dialog(&build, act, request(&build, act, true)?).await?;
    show(&build, dialog, StatusCode::OK).await
}

async fn show(
    build: &Build<'_>,
    dialog: GuardDialog,
    status: StatusCode,
) -> Result<Response, Failure> {
    let dialog = Dialog::Guard(Box::new(dialog));
    let shown = build.page(DeviceTab::Summary, Some(dialog)).await?;
    Ok(page(status, &shown))
}

/// The password first, then the one door: it checks the typed name, reason, hold and budget.
async fn act(id: &str, form: Filled<Fields>, act: GuardAct) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let confirmed = visitor.confirm(fields.password.clone()).await;
    let build = Build::new(&visitor, id).await?;
    let asked = request(&build, act, fields.keep_esim)?;
    let made = match confirmed {
        Ok(()) => {
            let new = command(&build, asked.clone(), &fields);
            commands::enqueue(visitor.core(), visitor.actor(), new).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(made) => done(&build, made).await,
        Err(error) => again(&build, act, asked, fields, error).await,
    }
}

fn command(build: &Build<'_>, request: Request, fields: &Fields) -> NewCommand {
    let note = fields.note.trim();
    let reason = match note {
        "" => fields.reason.clone(),
        note => format!("{}: {note}", fields.reason),
    };
    NewCommand {
        devices: vec![build.device.row.id.clone()],
        request,
        profile: None,
        reason: Some(reason),
        confirmation: Confirmation {
            typed: Some(fields.typed.clone()),
            targets_digest: None,
        },
    }
}

async fn done(build: &Build<'_>, made: Enqueued) -> Result<Response, Failure> {
    let mut told = Told::Queued;
    for command in made.commands {
        if let Some(pin) = command.unlock_pin {
            return with_pin(build, pin).await;
        }
        told = match (command.status, command.held_until) {
            ("held", Some(until)) => Told::Held(until),
            ("held", None) => Told::HeldForRelease,
            _ => Told::Queued,
        };
    }
    let to = urls::device(build.device.row.id.as_str());
    Ok(go(build.visitor.state(), &to, told))
}

/// The dialog once more, with what was typed and what is wrong with it. The password is never repeated.
async fn again(
    build: &Build<'_>,
    act: GuardAct,
    request: Request,
    fields: Fields,
    error: Error,
) -> Result<Response, Failure> {
    let l = build.visitor.texts;
    let mut dialog = guard_dialog(build, act, request).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => {
            dialog.password = true;
            dialog.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            dialog.password = true;
            dialog.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("confirm")) => dialog.typed_error = FieldError::NameNotTyped.text(l),
        (Kind::Invalid, Some("reason")) => dialog.error = FieldError::Required.text(l),
        (Kind::NotCapable | Kind::Overloaded, _) => dialog.error = words::refusal(l, error.code),
        _ => return Err(error.into()),
    }
    for reason in &mut dialog.reasons {
        reason.chosen = reason.value == fields.reason;
    }
    (dialog.note, dialog.typed) = (fields.note, fields.typed);
    dialog.keep_esim = dialog.keep_esim.map(|_| fields.keep_esim);
    show(build, dialog, AppError::from(error).status()).await
}
