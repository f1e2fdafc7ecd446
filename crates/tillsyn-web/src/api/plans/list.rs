//! `GET /api/v1/plans`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::plans;
use utoipa::IntoParams;

use super::views::Plan;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct PlanParams {
    /// Only those that can still be applied.
    pending: Option<bool>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The plans of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/plans", operation_id = "plans_list", tag = "plans",
    params(PlanParams), responses((status = 200, body = Page<Plan>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<PlanParams>,
) -> Result<Json<Page<Plan>>, AppError> {
    let (pending, after) = (params.pending.unwrap_or(false), params.after.as_deref());
    let page = plans::list_plans(ctx.core(), &ctx.actor, pending, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
