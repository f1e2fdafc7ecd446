//! `GET /api/v1/devices/{id}/profiles`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::reconcile::items_of_device;
use utoipa::ToSchema;

use super::views::{Foreign, Item};
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The profiles of one device.
#[derive(Serialize, ToSchema)]
pub(super) struct DeviceProfiles {
    /// Ours, on every channel.
    items: Vec<Item>,
    /// Those that are on it and not ours to keep.
    foreign: Vec<Foreign>,
}

/// What a device is to have and has, what proves it, and which assignments bring it.
#[utoipa::path(get, path = "/api/v1/devices/{id}/profiles", operation_id = "devices_profiles", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 200, body = DeviceProfiles)))]
pub(super) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<DeviceProfiles>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let found = items_of_device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(DeviceProfiles {
        items: found.items.into_iter().map(Into::into).collect(),
        foreign: found.foreign.into_iter().map(Into::into).collect(),
    }))
}
