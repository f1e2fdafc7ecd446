//! `PUT /api/v1/settings/inventory`.

use axum::Json;
use tillsyn_core::inventory;

use super::show::{self, InventorySettings};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Changes how often devices are looked at.
#[utoipa::path(put, path = "/api/v1/settings/inventory", operation_id = "inventory_settings_change", tag = "organisation",
    request_body = InventorySettings, responses((status = 200, body = InventorySettings)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<InventorySettings>, AppError> {
    let body: InventorySettings = body.read().await?;
    let settings = inventory::InventorySettings {
        scheduled: body.scheduled,
        device_hours: body.device_hours,
        apps_hours: body.apps_hours,
    };
    inventory::set_inventory_settings(ctx.core(), &ctx.actor, settings).await?;
    show::show(ctx).await
}
