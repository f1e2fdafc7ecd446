//! `POST /api/v1/devices/{id}/certificates/renew`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::certificates;
use tillsyn_core::ids::DeviceId;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Asks the device to renew its identity now. It has done so when another certificate is in use.
#[utoipa::path(post, path = "/api/v1/devices/{id}/certificates/renew", operation_id = "certificates_renew",
    tag = "certificates", params(("id" = String, Path, description = "The device")),
    responses((status = 202)))]
pub(in crate::api) async fn renew(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    certificates::renew_now(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::ACCEPTED)
}
