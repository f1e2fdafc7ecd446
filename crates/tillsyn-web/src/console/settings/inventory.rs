//! `GET` and `POST /console/settings/inventory`: how often devices are looked at.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::inventory::{self, InventorySettings};
use tillsyn_core::{Error, Kind, Permission};

use crate::console::failure::Failure;
use crate::console::form::Filled;
use crate::console::frame::{Frame, Place};
use crate::console::notice::{Told, go};
use crate::console::visitor::Visitor;
use crate::error::AppError;
use crate::ui::{page, urls};

/// The page.
#[derive(Template)]
#[template(path = "console/inventory_settings.html")]
pub struct InventoryPage {
    pub f: Frame,
    pub scheduled: bool,
    pub device_hours: String,
    pub device_error: String,
    pub apps_hours: String,
    pub apps_error: String,
    pub may_change: bool,
}

#[derive(Deserialize)]
pub(crate) struct Fields {
    #[serde(default)]
    scheduled: String,
    #[serde(default)]
    device_hours: String,
    #[serde(default)]
    apps_hours: String,
}

pub(crate) async fn inventory_page(visitor: Visitor) -> Result<Response, Failure> {
    let settings = inventory::inventory_settings(visitor.core()).await?;
    let fields = Fields {
        scheduled: if settings.scheduled { "on" } else { "" }.to_owned(),
        device_hours: settings.device_hours.to_string(),
        apps_hours: settings.apps_hours.to_string(),
    };
    Ok(page(StatusCode::OK, &form(&visitor, fields).await?))
}

pub(crate) async fn change_inventory(form_data: Filled<Fields>) -> Result<Response, Failure> {
    let (visitor, fields) = (form_data.visitor, form_data.fields);
    // What is no number is out of bounds.
    let hours = |text: &str| text.trim().parse().unwrap_or(0);
    let settings = InventorySettings {
        scheduled: !fields.scheduled.is_empty(),
        device_hours: hours(&fields.device_hours),
        apps_hours: hours(&fields.apps_hours),
    };
    match inventory::set_inventory_settings(visitor.core(), visitor.actor(), settings).await {
        Ok(()) => Ok(go(visitor.state(), urls::INVENTORY, Told::InventorySaved)),
        Err(error) => again(&visitor, fields, error).await,
    }
}

async fn again(visitor: &Visitor, fields: Fields, error: Error) -> Result<Response, Failure> {
    let l = visitor.texts;
    let mut shown = form(visitor, fields).await?;
    match (error.kind, error.field) {
        (Kind::Invalid, Some("device_hours")) => {
            shown.device_error = l.t("inventory-device-hours-wrong");
        }
        (Kind::Invalid, Some("apps_hours")) => {
            shown.apps_error = l.t("inventory-apps-hours-wrong");
        }
        _ => return Err(error.into()),
    }
    Ok(page(AppError::from(error).status(), &shown))
}

async fn form(visitor: &Visitor, fields: Fields) -> Result<InventoryPage, Failure> {
    Ok(InventoryPage {
        scheduled: !fields.scheduled.is_empty(),
        device_hours: fields.device_hours,
        device_error: String::new(),
        apps_hours: fields.apps_hours,
        apps_error: String::new(),
        may_change: visitor.may(Permission::SettingsWrite),
        f: visitor.frame(Place::Inventory, "").await?,
    })
}
