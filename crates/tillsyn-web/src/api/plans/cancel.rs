//! `POST /api/v1/plans/{id}/cancel`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans;

use super::views::Plan;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Takes a plan back that was not applied yet.
#[utoipa::path(post, path = "/api/v1/plans/{id}/cancel", operation_id = "plans_cancel", tag = "plans",
    params(("id" = String, Path, description = "The plan")),
    responses((status = 200, body = Plan)))]
pub(in crate::api) async fn cancel(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Plan>, AppError> {
    let id = id(path, PlanId::parse, "plan")?;
    let plan = plans::cancel(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(plan.into()))
}
