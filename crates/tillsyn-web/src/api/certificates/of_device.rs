//! `GET /api/v1/devices/{id}/certificates`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::certificates;
use tillsyn_core::ids::DeviceId;

use super::views::Certificate;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The certificates of one device, newest first; at most a hundred.
#[utoipa::path(get, path = "/api/v1/devices/{id}/certificates", operation_id = "devices_certificates",
    tag = "certificates", params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = Page<Certificate>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<Certificate>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let items = certificates::of_device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(items)))
}
