//! `POST /api/v1/plans`.

use serde::Deserialize;
use tillsyn_core::plans;
use utoipa::ToSchema;

use super::change::ChangeBody;
use super::views::Plan;
use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewPlan {
    change: ChangeBody,
}

/// Computes the exact effect of a change and keeps it as a plan for 24 hours. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/plans", operation_id = "plans_create", tag = "plans",
    request_body = NewPlan, responses((status = 201, body = Plan)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Plan>, AppError> {
    let body: NewPlan = body.read().await?;
    let plan = plans::plan(ctx.core(), &ctx.actor, body.change.into()).await?;
    Ok(Created(plan.into()))
}
