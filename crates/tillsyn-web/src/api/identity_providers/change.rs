//! `PUT /api/v1/identity-providers/{id}`.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::{self, save_provider};
use tillsyn_core::ids::IdentityProviderId;

use super::views::{IdentityProviderBody, IdentityProviderOutcome};
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Gives an identity provider these settings. Another issuer, or switching it off, ends the
/// sessions of everybody who came in by it. What lets others in, or gives more, waits for a second person; another
/// name or secret, and switching it off, do not.
#[utoipa::path(put, path = "/api/v1/identity-providers/{id}", operation_id = "identity_providers_change",
    tag = "identity-providers", params(("id" = String, Path, description = "The identity provider")),
    request_body = IdentityProviderBody,
    responses((status = 200, body = IdentityProviderOutcome), (status = 202, body = IdentityProviderOutcome)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Response, AppError> {
    let id = id(path, IdentityProviderId::parse, "identity provider")?;
    accounts::provider(ctx.core(), &ctx.actor, &id).await?;
    let mut body: IdentityProviderBody = body.read().await?;
    let reason = body.reason.take();
    let (core, input) = (ctx.core(), body.input()?);
    let waits = save_provider(core, &ctx.actor, &id, input, reason.as_deref()).await?;
    let done = StatusCode::OK;
    Ok(IdentityProviderOutcome::answer(
        core,
        &id,
        waits.as_ref(),
        done,
    ))
}
