//! `GET /api/v1/tokens`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::tokens::{self, TokenView};
use utoipa::ToSchema;

use crate::api::paging::Page;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// An API token; its value is never seen again.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Token {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    permissions: Vec<String>,
    created_at: Time,
    expires_at: Time,
    last_used_at: Option<Time>,
    revoked_at: Option<Time>,
}

impl From<TokenView> for Token {
    fn from(view: TokenView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            permissions: view.permissions,
            created_at: Time(view.created_at),
            expires_at: Time(view.expires_at),
            last_used_at: Time::option(view.last_used_at),
            revoked_at: Time::option(view.revoked_at),
        }
    }
}

/// The tokens of the same account, newest first.
#[utoipa::path(get, path = "/api/v1/tokens", operation_id = "tokens_list", tag = "tokens",
    responses((status = 200, body = Page<Token>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Token>>, AppError> {
    let tokens = tokens::list_tokens(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(tokens)))
}
