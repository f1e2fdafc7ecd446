//! `GET /api/v1/plans/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans;

use super::views::Plan;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", operation_id = "plans_show", tag = "plans",
    params(("id" = String, Path, description = "The plan")),
    responses((status = 200, body = Plan)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Plan>, AppError> {
    let id = id(path, PlanId::parse, "plan")?;
    let plan = plans::find(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(plan.into()))
}
