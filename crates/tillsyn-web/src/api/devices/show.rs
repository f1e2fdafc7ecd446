//! `GET /api/v1/devices/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::devices;
use tillsyn_core::ids::DeviceId;

use super::views::DeviceFull;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One device with its facts, enrollments and profiles.
#[utoipa::path(get, path = "/api/v1/devices/{id}", operation_id = "devices_show", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 200, body = DeviceFull)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<DeviceFull>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let detail = devices::device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(detail.into()))
}
