//! `POST /api/v1/identity-providers/{id}/check`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::accounts::check_provider;
use tillsyn_core::ids::IdentityProviderId;

use super::views::IdentityProviderReport;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Asks an identity provider for its discovery document and keys, as a sign-in would.
#[utoipa::path(post, path = "/api/v1/identity-providers/{id}/check", operation_id = "identity_providers_check",
    tag = "identity-providers", params(("id" = String, Path, description = "The identity provider")),
    responses((status = 200, body = IdentityProviderReport)))]
pub(in crate::api) async fn check(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<IdentityProviderReport>, AppError> {
    let id = id(path, IdentityProviderId::parse, "identity provider")?;
    let report = check_provider(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(report.into()))
}
