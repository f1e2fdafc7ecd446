//! `GET /api/v1/identity-providers/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::accounts;
use tillsyn_core::ids::IdentityProviderId;

use super::views::IdentityProvider;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One identity provider.
#[utoipa::path(get, path = "/api/v1/identity-providers/{id}", operation_id = "identity_providers_show",
    tag = "identity-providers", params(("id" = String, Path, description = "The identity provider")),
    responses((status = 200, body = IdentityProvider)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<IdentityProvider>, AppError> {
    let id = id(path, IdentityProviderId::parse, "identity provider")?;
    let found = accounts::provider(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(IdentityProvider::of(ctx.core(), found)))
}
