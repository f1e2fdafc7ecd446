//! `POST /console/certificates/{id}/revoke`: slow on purpose (security §6).

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::certificates::{self, Revocation};
use tillsyn_core::{Error, Kind};
use zeroize::Zeroizing;

use super::show::{certificate_id, shown};
use crate::console::failure::Failure;
use crate::console::form::{Filled, secret};
use crate::console::notice::{Told, go};
use crate::console::words::FieldError;
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

pub(crate) async fn revoke(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (mut visitor, fields) = (form.visitor, form.fields);
    let id = certificate_id(&id)?;
    let done = match visitor.confirm(fields.password.clone()).await {
        Ok(()) => {
            let revocation = Revocation {
                reason: Some(fields.reason.clone()),
                confirm: Some(fields.typed.clone()),
            };
            certificates::revoke(visitor.core(), visitor.actor(), &id, revocation).await
        }
        Err(error) => Err(error),
    };
    let error: Error = match done {
        Ok(_) => {
            let to = urls::certificate(id.as_str());
            return Ok(go(visitor.state(), &to, Told::CertificateRevoked));
        }
        Err(error) => error,
    };
    let l = visitor.texts;
    let mut again = shown(&visitor, &id).await?;
    let Some(form) = again.revoke.as_mut() else {
        return Err(error.into());
    };
    match (error.kind, error.field) {
        (Kind::Invalid, Some("password")) => {
            form.password = true;
            form.password_error = FieldError::PasswordWrong.text(l);
        }
        (Kind::FreshSignInNeeded, _) => {
            form.password = true;
            form.password_error = FieldError::Required.text(l);
        }
        (Kind::Invalid, Some("confirm")) => form.typed_error = FieldError::NameNotTyped.text(l),
        (Kind::Invalid, Some("reason")) => form.reason_error = FieldError::Required.text(l),
        (Kind::Conflict, _) if error.code == "guard_budget" => {
            form.error = l.t("revoke-budget");
        }
        _ => return Err(error.into()),
    }
    (form.reason, form.typed) = (fields.reason, fields.typed);
    Ok(page(AppError::from(error).status(), &again))
}
