//! `POST /api/v1/plans/{id}/apply`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::PlanId;
use tillsyn_core::plans::{self, Approval};
use utoipa::ToSchema;

use super::views::Plan;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What the guard asks for when a plan takes profiles from more than one device.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::api) struct ApplyPlan {
    /// For the audit trail.
    reason: Option<String>,
    /// The exact number of devices from which something is removed.
    confirm: Option<String>,
}

/// Carries a plan out. When its effect is another one by now nothing is done, and the answer is
/// `plan_overtaken` with a new plan's id. A plan that takes profiles from many devices becomes `waiting`:
/// a second person confirms it in the console.
#[utoipa::path(post, path = "/api/v1/plans/{id}/apply", operation_id = "plans_apply", tag = "plans",
    params(("id" = String, Path, description = "The plan")), request_body = ApplyPlan,
    responses((status = 200, body = Plan)))]
pub(in crate::api) async fn apply(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Plan>, AppError> {
    let id = id(path, PlanId::parse, "plan")?;
    plans::find(ctx.core(), &ctx.actor, &id).await?;
    let body: ApplyPlan = body.read_or_default().await?;
    let approval = Approval {
        reason: body.reason,
        confirm: body.confirm,
    };
    let plan = plans::apply(ctx.core(), &ctx.actor, &id, approval).await?;
    Ok(Json(plan.into()))
}
