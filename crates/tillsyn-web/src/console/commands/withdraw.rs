//! `POST /console/devices/{id}/commands/{uuid}/withdraw`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::commands;

use super::show::find;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// Ended without the device.
const OVER: [&str; 3] = ["cancelled", "superseded", "expired"];

/// Withdraws a command; when the device was faster, the page says so.
pub(crate) async fn withdraw(
    Path((device, id)): Path<(String, String)>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let command = find(&visitor, &device, &id).await?;
    let done = commands::cancel_command(visitor.core(), visitor.actor(), &command.id).await;
    let told = match done {
        Ok(()) => Told::Withdrawn,
        Err(error) if error.code == "already_fetched" => Told::TooLate,
        // The device did it while somebody looked at the page.
        Err(error) if error.code == "already_over" && !OVER.contains(&command.status.as_str()) => {
            Told::TooLate
        }
        Err(error) => return Err(error.into()),
    };
    Ok(go(visitor.state(), &urls::device(&device), told))
}
