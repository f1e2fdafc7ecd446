//! `GET /api/v1/units/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::units;

use super::views::Unit;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One organisational unit.
#[utoipa::path(get, path = "/api/v1/units/{id}", operation_id = "units_show", tag = "units",
    params(("id" = String, Path, description = "The unit")), responses((status = 200, body = Unit)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Unit>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    Ok(Json(units::unit(ctx.core(), &ctx.actor, &id).await?.into()))
}
