//! `GET /api/v1/assignments`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::assignments;
use utoipa::IntoParams;

use super::views::Assignment;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct AssignmentParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The assignments of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/assignments", operation_id = "assignments_list", tag = "assignments",
    params(AssignmentParams), responses((status = 200, body = Page<Assignment>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<AssignmentParams>,
) -> Result<Json<Page<Assignment>>, AppError> {
    let after = params.after.as_deref();
    let page = assignments::list_assignments(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
