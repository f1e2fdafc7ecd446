//! `POST /console/devices/{id}/activation-unlock`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::Kind;
use tillsyn_core::activation_lock::{self, AskUnlock};

use super::show::{build, device_id};
use super::words;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
}

pub(crate) async fn unlock(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let device_id = device_id(&id)?;
    let ask = AskUnlock {
        device_id: device_id.clone(),
        reason: fields.reason.clone(),
    };
    match activation_lock::ask_unlock(visitor.core(), visitor.actor(), ask).await {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::device_secrets(device_id.as_str()),
            Told::Queued,
        )),
        Err(error)
            if matches!(
                error.kind,
                Kind::Invalid | Kind::Conflict | Kind::NotCapable
            ) =>
        {
            let mut built = build(&visitor, &id).await?;
            built.unlock_reason = fields.reason;
            built.unlock_error = words::unlock_reason(visitor.texts, Some(error.code));
            Ok(page(AppError::from(error).status(), &built))
        }
        Err(error) => Err(error.into()),
    }
}
