//! `POST /console/devices/{id}/profiles`: installs an uploaded profile.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::commands::{self, Confirmation, NewCommand};
use tillsyn_core::platform::apple::read_profile;
use tillsyn_core::{Kind, Permission, actor};

use super::build::{Build, device_id};
use super::page::DeviceTab;
use crate::console::failure::Failure;
use crate::console::form::Uploaded;
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::console::words::FieldError;
use crate::ui::{page, urls};

pub(crate) async fn install_profile(
    Path(id): Path<String>,
    form: Uploaded,
) -> Result<Response, Failure> {
    let (visitor, device) = (&form.visitor, device_id(&id)?);
    actor::may(visitor.actor(), Permission::ProfilesInstall)?;
    let profile = match read_profile(form.bytes("profile").to_vec()) {
        Ok(profile) => profile,
        Err(error) if error.kind == Kind::Invalid => {
            let mut shown = Build::new(visitor, &id)
                .await?
                .page(DeviceTab::Profiles, None)
                .await?;
            shown.profile_error = FieldError::NoProfile.text(visitor.texts);
            return Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &shown));
        }
        Err(error) => return Err(error.into()),
    };
    let new = NewCommand {
        devices: vec![device.clone()],
        request: profile.request(),
        profile: Some(profile.bytes),
        reason: None,
        confirmation: Confirmation::default(),
    };
    let made = commands::enqueue(visitor.core(), visitor.actor(), new).await?;
    Ok(go_undo(
        visitor.state(),
        &urls::device_commands(device.as_str()),
        Told::Queued,
        Undo::of(&made).as_ref(),
    ))
}
