//! `GET /api/v1/invitations`.

use axum::Json;
use tillsyn_core::invitations::list_invitations;

use super::views::Invitation;
use crate::api::paging::{Page, PageParams, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The invitations of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/invitations", operation_id = "invitations_list", tag = "invitations",
    params(PageParams), responses((status = 200, body = Page<Invitation>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<PageParams>,
) -> Result<Json<Page<Invitation>>, AppError> {
    let after = params.after.as_deref();
    let page = list_invitations(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
