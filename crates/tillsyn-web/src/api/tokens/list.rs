//! `GET /api/v1/tokens`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::Permission;
use tillsyn_core::tokens::{list_all_tokens, list_tokens};
use utoipa::IntoParams;

use super::views::Token;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Whose tokens.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct TokenParams {
    /// Those of all accounts in the token's scope; needs `accounts.read`.
    #[serde(default)]
    all: bool,
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page of all, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The tokens of the same account, or of all, newest first.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "tokens_list", tag = "tokens",
    params(TokenParams), responses((status = 200, body = Page<Token>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<TokenParams>,
) -> Result<Json<Page<Token>>, AppError> {
    let (core, actor) = (ctx.core(), &ctx.actor);
    // Whoever has none of their own asks for those of others.
    if params.all || !actor.holds(Permission::TokensOwn) {
        let after = params.after.as_deref();
        let page = list_all_tokens(core, actor, after, params.limit).await?;
        return Ok(Json(Page::of(page)));
    }
    Ok(Json(Page::whole(list_tokens(core, actor).await?)))
}
