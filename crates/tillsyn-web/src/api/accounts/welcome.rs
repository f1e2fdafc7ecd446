//! `POST /api/v1/accounts/{id}/welcome`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::accounts::{self, new_welcome};
use tillsyn_core::ids::AccountId;
use utoipa::ToSchema;

use crate::api::json::{Unkept, id};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::ui::urls;

/// The way in for a person, shown this once. Hand it to nobody else: whoever opens it sets the password.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WelcomeLink {
    url: String,
    expires_at: Time,
}

/// Makes a one-time link for an account that has no way to sign in; earlier ones end.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/welcome", operation_id = "accounts_welcome",
    tag = "accounts", params(("id" = String, Path, description = "The account")),
    responses((status = 200, body = WelcomeLink)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Unkept<WelcomeLink>, AppError> {
    let id = id(path, AccountId::parse, "account")?;
    accounts::reach(ctx.core(), &ctx.actor, &id).await?;
    let (secret, expires_at) = new_welcome(ctx.core(), &ctx.actor, &id).await?;
    Ok(Unkept(WelcomeLink {
        url: format!(
            "{}{}",
            ctx.core().config().console_url.trim_end_matches('/'),
            urls::welcome(&secret)
        ),
        expires_at: Time(expires_at),
    }))
}
