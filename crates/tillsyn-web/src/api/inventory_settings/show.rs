//! `GET /api/v1/settings/inventory`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::inventory;
use utoipa::ToSchema;

use crate::auth::RequestContext;
use crate::error::AppError;

/// How often devices are looked at.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct InventorySettings {
    /// Off: a device is asked after its enrollment and when a person asks, never by itself.
    pub(super) scheduled: bool,
    /// Hours between two looks at a device.
    #[schema(minimum = 4, maximum = 720)]
    pub(super) device_hours: i64,
    /// Hours between two lists of its apps.
    #[schema(minimum = 12, maximum = 720)]
    pub(super) apps_hours: i64,
}

/// How often devices are looked at.
#[utoipa::path(get, path = "/api/v1/settings/inventory", operation_id = "inventory_settings_show", tag = "organisation",
    responses((status = 200, body = InventorySettings)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<InventorySettings>, AppError> {
    let settings = inventory::inventory_settings(ctx.core()).await?;
    Ok(Json(InventorySettings {
        scheduled: settings.scheduled,
        device_hours: settings.device_hours,
        apps_hours: settings.apps_hours,
    }))
}
