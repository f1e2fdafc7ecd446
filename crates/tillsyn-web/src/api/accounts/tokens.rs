//! `GET /api/v1/accounts/{id}/tokens`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::AccountId;
use tillsyn_core::tokens::tokens_of;

use crate::api::json::id;
use crate::api::paging::Page;
use crate::api::tokens::views::Token;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The API tokens of an account, newest first.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/tokens", operation_id = "accounts_tokens", tag = "accounts",
    params(("id" = String, Path, description = "The account")), responses((status = 200, body = Page<Token>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<Token>>, AppError> {
    let id = id(path, AccountId::parse, "account")?;
    let tokens = tokens_of(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(tokens)))
}
