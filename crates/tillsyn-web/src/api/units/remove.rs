//! `DELETE /api/v1/units/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units::remove_unit;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes an organisational unit in which nothing is left; otherwise the refusal says what is.
#[utoipa::path(delete, path = "/api/v1/units/{id}", operation_id = "units_remove", tag = "units",
    params(("id" = String, Path, description = "The unit")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    remove_unit(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
