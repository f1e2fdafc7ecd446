//! `POST /api/v1/accounts/{id}/disable`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, disable_account};
use tillsyn_core::ids::AccountId;

use super::views::{AccountOutcome, AccountReason};
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Ends an account at once, with its sessions and API tokens.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/disable", operation_id = "accounts_disable", tag = "accounts",
    params(("id" = String, Path, description = "The account")), request_body = AccountReason,
    responses((status = 200, body = AccountOutcome), (status = 202, body = AccountOutcome)))]
pub(in crate::api) async fn disable(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Response, AppError> {
    let id = id(path, AccountId::parse, "account")?;
    accounts::reach(ctx.core(), &ctx.actor, &id).await?;
    let body: AccountReason = body.read_or_default().await?;
    let reason = body.reason.as_deref();
    let waits = disable_account(ctx.core(), &ctx.actor, &id, reason).await?;
    Ok(AccountOutcome::answer(&id, waits.as_ref(), StatusCode::OK))
}
