//! `GET /api/v1/webhooks`.

use axum::Json;
use tillsyn_core::webhooks::list_webhooks;

use super::views::Webhook;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The webhooks of the token's scope, by name.
#[utoipa::path(get, path = "/api/v1/webhooks", operation_id = "webhooks_list", tag = "webhooks",
    responses((status = 200, body = Page<Webhook>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Webhook>>, AppError> {
    let all = list_webhooks(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(all)))
}
