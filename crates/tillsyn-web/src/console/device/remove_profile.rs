//! `POST /console/devices/{id}/profiles/remove`.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use tillsyn_core::commands::{self, Confirmation, NewCommand, Request};

use super::build::Build;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {
    identifier: String,
}

/// Removes a profile. The enrollment profile's removal is a retire and goes through its dialog.
pub(crate) async fn remove_profile(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, identifier) = (form.visitor, form.fields.identifier);
    let device = Build::new(&visitor, &id).await?.device;
    let id = device.row.id;
    if device.enrollment_profile_identifier.as_deref() == Some(identifier.as_str()) {
        return Ok(Redirect::to(&urls::device_retire(id.as_str())).into_response());
    }
    let new = NewCommand {
        devices: vec![id.clone()],
        request: Request::RemoveProfile { identifier },
        profile: None,
        reason: None,
        confirmation: Confirmation::default(),
    };
    let made = commands::enqueue(visitor.core(), visitor.actor(), new).await?;
    Ok(go_undo(
        visitor.state(),
        &urls::device_commands(id.as_str()),
        Told::Queued,
        Undo::of(&made).as_ref(),
    ))
}
