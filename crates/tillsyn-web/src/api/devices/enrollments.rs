//! `GET /api/v1/devices/{id}/enrollments`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::devices::device;
use tillsyn_core::ids::DeviceId;

use super::views::Enrollment;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Every enrollment of a device, the newest first; behind them one that it has begun and not completed.
#[utoipa::path(get, path = "/api/v1/devices/{id}/enrollments", operation_id = "devices_enrollments",
    tag = "devices", params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<Enrollment>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<Enrollment>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let found = device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(found.enrollments)))
}
