//! `DELETE /api/v1/device-authorities/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::device_authorities::remove_authority;
use tillsyn_core::ids::DeviceAuthorityId;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Trusts an authority no longer: devices that still use its certificates are refused within seconds.
#[utoipa::path(delete, path = "/api/v1/device-authorities/{id}", operation_id = "device_authorities_remove",
    tag = "enrollments", params(("id" = String, Path, description = "The authority")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, DeviceAuthorityId::parse, "authority")?;
    remove_authority(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
