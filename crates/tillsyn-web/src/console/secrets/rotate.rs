//! `POST /console/devices/{id}/secrets/{secret}/rotate`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::escrow::{self, Kind as Secret};
use tillsyn_core::{Error, Kind};

use super::reveal::{build, find};
use super::show::device_id;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::console::words::refusal;
use crate::error::AppError;
use crate::ui::{page, urls};

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    reason: String,
}

/// Asks the device to take a new secret of the same kind.
pub(crate) async fn rotate(
    Path((device, id)): Path<(String, String)>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, fields) = (form.visitor, form.fields);
    let device = device_id(&device)?;
    let found = find(&visitor, &device, &id).await?;
    let kind = Secret::parse(found.kind).ok_or_else(|| Error::not_found("secret"))?;
    let (core, actor) = (visitor.core(), visitor.actor());
    match escrow::rotate(core, actor, &device, kind, &fields.reason).await {
        Ok(_) => Ok(go(
            visitor.state(),
            &urls::device_secrets(device.as_str()),
            Told::Queued,
        )),
        Err(error)
            if matches!(
                error.kind,
                Kind::Invalid | Kind::Conflict | Kind::NotCapable | Kind::Overloaded
            ) =>
        {
            let mut built = build(&visitor, &device, &id).await?;
            built.error = refusal(visitor.texts, error.code);
            Ok(page(AppError::from(error).status(), &built))
        }
        Err(error) => Err(error.into()),
    }
}
