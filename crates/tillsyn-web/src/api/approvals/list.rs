//! `GET /api/v1/approvals`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::approvals::{self, ApprovalFilter};
use utoipa::IntoParams;

use super::views::Approval;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ApprovalParams {
    /// Only those that wait, or with `false` only those that are over.
    waiting: Option<bool>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// What waits for a second person, newest first: with `guard.approve` or `audit.read` all of the token's
/// scope, else what was asked for with it, and held commands with `devices.read`.
#[utoipa::path(get, path = "/api/v1/approvals", operation_id = "approvals_list", tag = "approvals",
    params(ApprovalParams), responses((status = 200, body = Page<Approval>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<ApprovalParams>,
) -> Result<Json<Page<Approval>>, AppError> {
    let filter = ApprovalFilter {
        waiting: params.waiting,
    };
    let after = params.after.as_deref();
    let page =
        approvals::list_approvals(ctx.core(), &ctx.actor, filter, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
