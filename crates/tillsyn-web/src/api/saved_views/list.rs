//! `GET /api/v1/views`.

use axum::Json;
use tillsyn_core::{lists, paging};

use super::views::View;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The saved views of the token's account, and those that others share with it, by name.
#[utoipa::path(get, path = "/api/v1/views", operation_id = "views_list", tag = "devices",
    responses((status = 200, body = Page<View>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<View>>, AppError> {
    let items = lists::views(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::of(paging::Page { items, next: None })))
}
