//! `GET /api/v1/self-service` and `GET /api/v1/units/{id}/self-service`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::self_service;

use super::views::SelfServicePolicy;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What people may do to their own devices, as the organisation says.
#[utoipa::path(get, path = "/api/v1/self-service", operation_id = "self_service_show",
    tag = "self-service", responses((status = 200, body = SelfServicePolicy)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<SelfServicePolicy>, AppError> {
    let view = self_service::policy(ctx.core(), &ctx.actor, None).await?;
    Ok(Json(view.into()))
}

/// What people may do to their own devices in a unit, and what of it the unit says itself.
#[utoipa::path(get, path = "/api/v1/units/{id}/self-service", operation_id = "unit_self_service_show",
    tag = "self-service", params(("id" = String, Path, description = "The unit")),
    responses((status = 200, body = SelfServicePolicy)))]
pub(in crate::api) async fn show_unit(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<SelfServicePolicy>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let view = self_service::policy(ctx.core(), &ctx.actor, Some(&id)).await?;
    Ok(Json(view.into()))
}
