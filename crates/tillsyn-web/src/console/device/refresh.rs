//! `POST /console/devices/{id}/refresh`: asks the device for everything it tells.

use axum::extract::Path;
use axum::response::Response;
use tillsyn_core::inventory;

use super::build::device_id;
use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::help_desk::BackToDesk;
use crate::console::notice::{Told, go};
use crate::ui::urls;

pub(crate) async fn refresh(
    Path(id): Path<String>,
    form: Filled<BackToDesk>,
) -> Result<Response, Failure> {
    let (visitor, device) = (form.visitor, device_id(&id)?);
    inventory::refresh(visitor.core(), visitor.actor(), &device).await?;
    let to = form.fields.or(urls::device(device.as_str()));
    Ok(go(visitor.state(), &to, Told::Refreshed))
}
