//! `POST /api/v1/identity-providers`.

use axum::response::Response;
use http::StatusCode;
use tillsyn_core::accounts::create_provider;

use super::views::{IdentityProviderBody, IdentityProviderOutcome};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Adds an identity provider at the top of what the token reaches. A mapping gives no more than the token's account
/// holds itself. What a token asks for waits for a second person.
#[utoipa::path(post, path = "/api/v1/identity-providers", operation_id = "identity_providers_create",
    tag = "identity-providers", request_body = IdentityProviderBody,
    responses((status = 201, body = IdentityProviderOutcome), (status = 202, body = IdentityProviderOutcome)))]
pub(in crate::api) async fn create(ctx: RequestContext, body: Body) -> Result<Response, AppError> {
    let mut body: IdentityProviderBody = body.read().await?;
    let reason = body.reason.take();
    let (core, input) = (ctx.core(), body.input()?);
    let (id, waits) = create_provider(core, &ctx.actor, input, reason.as_deref()).await?;
    let done = StatusCode::CREATED;
    Ok(IdentityProviderOutcome::answer(
        core,
        &id,
        waits.as_ref(),
        done,
    ))
}
