//! `POST /console/devices/{id}/commands/{uuid}/again`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::commands::{self, Confirmation, NewCommand};

use super::show::find;
use super::story::again_address;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::Told;
use crate::console::undo::{Undo, go_undo};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

/// Queues the same request once more, if it is one that needs nothing else.
pub(crate) async fn again(
    Path((device, id)): Path<(String, String)>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let command = find(&visitor, &device, &id).await?;
    let over = || Error::conflict("already_over", "This command cannot be sent again.");
    if again_address(&visitor, &command).is_empty() {
        return Err(over().into());
    }
    let new = NewCommand {
        devices: vec![command.device_id],
        request: command.request.ok_or_else(over)?,
        profile: None,
        reason: None,
        confirmation: Confirmation::default(),
    };
    let made = commands::enqueue(visitor.core(), visitor.actor(), new).await?;
    let to = urls::device(&device);
    Ok(go_undo(
        visitor.state(),
        &to,
        Told::Queued,
        Undo::of(&made).as_ref(),
    ))
}
