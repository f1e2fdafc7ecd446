//! `DELETE /api/v1/devices/{id}/declarative-forwarding`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::nanomdm::clear_forward;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Answers the declarative management of a device here again: it is told of no declarations, and drops those of the
/// other server when it asks next. Needs `devices.configure` as well.
#[utoipa::path(delete, path = "/api/v1/devices/{id}/declarative-forwarding",
    operation_id = "devices_declarative_forwarding_clear", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 204)))]
pub(in crate::api) async fn clear(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    clear_forward(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
