//! `GET /api/v1/devices/{id}/declarative-forwarding`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::Error;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::nanomdm::find_forward;

use super::views::DeclarativeForwarding;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which server answers the declarative management of a device; not found where this one does.
#[utoipa::path(get, path = "/api/v1/devices/{id}/declarative-forwarding",
    operation_id = "devices_declarative_forwarding_show", tag = "devices",
    params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = DeclarativeForwarding)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<DeclarativeForwarding>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let found = find_forward(ctx.core(), &ctx.actor, &id).await?;
    let view = found.ok_or_else(|| Error::not_found("forwarding"))?;
    Ok(Json(view.into()))
}
