//! `DELETE /api/v1/tokens/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::TokenId;
use tillsyn_core::tokens::revoke_token;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Revokes a token at once: of the same account, or with `accounts.write` of any in scope.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", operation_id = "tokens_revoke", tag = "tokens",
    params(("id" = String, Path, description = "The token")), responses((status = 204)))]
pub(in crate::api) async fn revoke(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, TokenId::parse, "API token")?;
    revoke_token(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
