//! `POST /console/devices/{id}/refresh`: asks the device for everything it tells.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::inventory;

use super::build::device_id;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn refresh(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let (visitor, device) = (form.visitor, device_id(&id)?);
    inventory::refresh(visitor.core(), visitor.actor(), &device).await?;
    Ok(go(
        visitor.state(),
        &urls::device(device.as_str()),
        Told::Refreshed,
    ))
}
