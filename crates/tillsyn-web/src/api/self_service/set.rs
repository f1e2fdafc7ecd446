//! `PUT /api/v1/self-service` and `PUT /api/v1/units/{id}/self-service`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::{guard, self_service};

use super::views::{SelfServicePolicy, SelfServiceRules};
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Replaces what the organisation says. What it leaves out is as usual.
#[utoipa::path(put, path = "/api/v1/self-service", operation_id = "self_service_set",
    tag = "self-service", request_body = SelfServiceRules,
    responses((status = 200, body = SelfServicePolicy)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<SelfServicePolicy>, AppError> {
    let rules: SelfServiceRules = body.read().await?;
    let view = self_service::set_policy(ctx.core(), &ctx.actor, None, rules.into()).await?;
    Ok(Json(view.into()))
}

/// Replaces what a unit says, for everything below it too. What it leaves out is as above the unit; without any
/// act the unit says nothing.
#[utoipa::path(put, path = "/api/v1/units/{id}/self-service", operation_id = "unit_self_service_set",
    tag = "self-service", params(("id" = String, Path, description = "The unit")),
    request_body = SelfServiceRules, responses((status = 200, body = SelfServicePolicy)))]
pub(in crate::api) async fn set_unit(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<SelfServicePolicy>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    guard::unit_there(ctx.core(), &ctx.actor, &id).await?;
    let rules: SelfServiceRules = body.read().await?;
    let view = self_service::set_policy(ctx.core(), &ctx.actor, Some(&id), rules.into()).await?;
    Ok(Json(view.into()))
}
