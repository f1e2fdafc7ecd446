//! `GET` and `POST /console/devices/{id}/secrets/{secret}`: one secret, to one person, on one answer.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::escrow::{self, EscrowView, Reveal, Rotation};
use tillsyn_core::ids::{DeviceId, EscrowId};
use tillsyn_core::{Error, Kind, Permission, devices};
use zeroize::Zeroizing;

use super::page::RevealPage;
use super::show::device_id;
use super::words;
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::frame::Place;
use crate::console::visitor::Visitor;
use crate::console::words::{FieldError, refusal};
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    typed: String,
    #[serde(default, deserialize_with = "secret")]
    password: Zeroizing<String>,
}

pub(crate) async fn ask(
    visitor: Visitor,
    Path((device, id)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let built = build(&visitor, &device_id(&device)?, &id).await?;
    Ok(page(StatusCode::OK, &built))
}

/// The password first, then the rule. The value stands on this answer and nowhere else.
pub(crate) async fn reveal(
    Path((device, id)): Path<(String, String)>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let device_id = device_id(&device)?;
    let escrow_id = EscrowId::parse(&id).ok_or_else(|| Error::not_found("secret"))?;
    let shown = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let ask = Reveal {
                device_id: device_id.clone(),
                escrow_id,
                reason: fields.reason.clone(),
                typed: fields.typed.clone(),
                proof: None,
            };
            escrow::reveal(visitor.core(), visitor.actor(), ask).await
        }
        Err(error) => Err(error),
    };
    let mut built = build(&visitor, &device_id, &id).await?;
    match shown {
        Ok(shown) => {
            built.value = Some(shown.value.to_string());
            built.is_base64 = shown.is_base64;
            built.replacing = shown.rotation == Rotation::Begun;
            if shown.rotation == Rotation::Offered && visitor.may(Permission::SecretsRotate) {
                built.replace = urls::device_secret_rotate(device_id.as_str(), &id);
            }
            // The reason to replace it, should that be asked for.
            built.reason = fields.reason;
            Ok(page(StatusCode::OK, &built))
        }
        Err(error) => {
            (built.reason, built.typed) = (fields.reason, fields.typed);
            refuse(&visitor, &mut built, &error)?;
            Ok(page(AppError::from(error).status(), &built))
        }
    }
}

fn refuse(visitor: &Visitor, built: &mut RevealPage, error: &Error) -> Result<(), Failure> {
    let l = visitor.texts;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("reason")) => built.reason_error = l.t("secret-reason-missing"),
        (Kind::Invalid, Some("confirm")) => {
            built.typed_error = FieldError::NameNotTyped.text(l);
        }
        (Kind::Invalid, Some("password")) => {
            built.password = true;
            built.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            built.password = true;
            built.password_error = FieldError::Required.text(l);
        }
        (Kind::Conflict, _) if error.code == "reveal_limit" => {
            built.error = l.t("secret-limit");
        }
        (Kind::NotCapable, _) => built.error = l.t("secret-personal"),
        (Kind::Forbidden, _) => built.error = l.t("refusal-role"),
        (Kind::Invalid, _) => built.error = refusal(l, error.code),
        (kind, _) => {
            return Err(Error::new(kind, error.code, error.detail.clone()).into());
        }
    }
    Ok(())
}

pub(super) async fn build(
    visitor: &Visitor,
    device: &DeviceId,
    id: &str,
) -> Result<RevealPage, Failure> {
    let (core, actor, l) = (visitor.core(), visitor.actor(), visitor.texts);
    let detail = devices::device(core, actor, device).await?;
    let view = find(visitor, device, id).await?;
    Ok(RevealPage {
        kind: words::kind(l, view.kind),
        label: view.label.clone().unwrap_or_default(),
        kept: l.ago(view.created_at, &visitor.zone),
        action: urls::device_secret(device.as_str(), view.id.as_str()),
        close: urls::device_secrets(device.as_str()),
        value: None,
        is_base64: false,
        replacing: false,
        replace: String::new(),
        reason: String::new(),
        reason_error: String::new(),
        typed: String::new(),
        typed_error: String::new(),
        password: visitor.needs_password(),
        password_error: String::new(),
        error: String::new(),
        id: device.to_string(),
        name: detail.row.name.clone(),
        f: visitor.frame(Place::Devices, "").await?,
    })
}

pub(super) async fn find(
    visitor: &Visitor,
    device: &DeviceId,
    id: &str,
) -> Result<EscrowView, Failure> {
    let wanted = EscrowId::parse(id).ok_or_else(|| Error::not_found("secret"))?;
    let (core, actor) = (visitor.core(), visitor.actor());
    Ok(escrow::find_escrow(core, actor, device, &wanted).await?)
}
