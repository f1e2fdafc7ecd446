//! `GET /api/v1/invitations`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::invitations::list_invitations_with;
use utoipa::IntoParams;

use super::views::Invitation;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which invitations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct InvitationParams {
    /// Only those that are `open`, `used`, `expired` or `revoked` now.
    status: Option<String>,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The invitations of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "invitations_list", tag = "invitations",
    params(InvitationParams), responses((status = 200, body = Page<Invitation>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<InvitationParams>,
) -> Result<Json<Page<Invitation>>, AppError> {
    let (status, after) = (params.status.as_deref(), params.after.as_deref());
    let page = list_invitations_with(ctx.core(), &ctx.actor, status, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
