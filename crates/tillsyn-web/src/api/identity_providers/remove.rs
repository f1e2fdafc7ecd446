//! `DELETE /api/v1/identity-providers/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::accounts::remove_provider;
use tillsyn_core::ids::IdentityProviderId;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes an identity provider: the sessions of everybody who came in by it end; their accounts stay.
#[utoipa::path(delete, path = "/api/v1/identity-providers/{id}", operation_id = "identity_providers_remove",
    tag = "identity-providers", params(("id" = String, Path, description = "The identity provider")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, IdentityProviderId::parse, "identity provider")?;
    remove_provider(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
