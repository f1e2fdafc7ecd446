//! `GET /api/v1/push-requests`.

use axum::Json;
use tillsyn_core::push;

use super::views::PushRequest;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The requests that wait for Apple's answer, newest first.
#[utoipa::path(get, path = "/api/v1/push-requests", operation_id = "push_requests_list", tag = "push",
    responses((status = 200, body = Page<PushRequest>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<PushRequest>>, AppError> {
    let requests = push::list_requests(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(requests)))
}
