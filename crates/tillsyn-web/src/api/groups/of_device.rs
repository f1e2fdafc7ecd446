//! `GET /api/v1/devices/{id}/groups`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::groups::groups_of_device;
use tillsyn_core::ids::DeviceId;

use super::views::GroupOf;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The groups that a device is in.
#[utoipa::path(get, path = "/api/v1/devices/{id}/groups", operation_id = "groups_of_device", tag = "groups",
    params(("id" = String, Path, description = "The device")), responses((status = 200, body = Page<GroupOf>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<GroupOf>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let all = groups_of_device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(all)))
}
