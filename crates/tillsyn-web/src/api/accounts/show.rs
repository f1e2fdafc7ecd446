//! `GET /api/v1/accounts/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::accounts;
use tillsyn_core::ids::AccountId;

use super::views::Account;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", operation_id = "accounts_show", tag = "accounts",
    params(("id" = String, Path, description = "The account")), responses((status = 200, body = Account)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Account>, AppError> {
    let id = id(path, AccountId::parse, "account")?;
    let found = accounts::account(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
