//! `GET /portal`: the devices that are the person's own.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::portal;

use super::failure::PortalFailure;
use super::frame::{AppFrame, PortalPlace};
use super::session::PortalUser;
use crate::ui::{Status, status};

/// One of one's own devices.
#[derive(Clone, Debug)]
pub struct OwnDeviceRow {
    pub name: String,
    pub model: String,
    pub status: Status,
}

/// `GET /portal`.
#[derive(Template)]
#[template(path = "portal/home.html")]
pub struct PortalHomePage {
    pub f: AppFrame,
    pub devices: Vec<OwnDeviceRow>,
}

pub(super) async fn show(user: PortalUser) -> Result<Response, PortalFailure> {
    let found = portal::own_devices(user.core(), &user.person_id).await?;
    let devices = found.into_iter().map(|device| {
        let model = device.model.unwrap_or_default();
        OwnDeviceRow {
            name: device.name.unwrap_or_else(|| model.clone()),
            model,
            status: status(user.texts, "device", &device.status),
        }
    });
    let page = PortalHomePage {
        f: user.frame(PortalPlace::Devices),
        devices: devices.collect(),
    };
    Ok(user.page(StatusCode::OK, &page))
}
