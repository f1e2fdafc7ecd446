//! `POST /console/devices/{id}/certificates/renew`.

use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::{Error, Kind, certificates};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::notice::{Told, go};
use crate::ui::urls;

#[derive(Deserialize)]
pub(crate) struct Fields {}

pub(crate) async fn renew(
    Path(id): Path<String>,
    form: Filled<Fields>,
) -> Result<Response, Failure> {
    let visitor = form.visitor;
    let device = DeviceId::parse(&id).ok_or_else(|| Error::not_found("device"))?;
    match certificates::renew_now(visitor.core(), visitor.actor(), &device).await {
        Ok(()) => {}
        // Asked already: what was wanted is on its way.
        Err(error) if error.kind == Kind::Conflict && error.code == "renewal_waiting" => {}
        Err(error) => return Err(error.into()),
    }
    let to = urls::device_certificates(device.as_str());
    Ok(go(visitor.state(), &to, Told::Queued))
}
