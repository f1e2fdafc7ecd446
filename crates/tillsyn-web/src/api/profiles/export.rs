//! `/api/v1/profiles/{id}/versions/{version}/export`.

use axum::Json;
use axum::extract::Path;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::Proof;
use tillsyn_core::profiles::{ExportSecrets, Exported, export_masked, export_with_secrets};
use utoipa::ToSchema;

use super::body;
use crate::api::json::{Body, Unkept};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A file.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ExportedProfile {
    file_name: String,
    /// In Base64.
    content: String,
}

impl From<Exported> for ExportedProfile {
    fn from(exported: Exported) -> Self {
        Self {
            file_name: exported.file_name,
            content: STANDARD.encode(&*exported.bytes),
        }
    }
}

/// A version as an XML property list, secrets masked.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/versions/{version}/export",
    operation_id = "profiles_export", tag = "profiles",
    params(("id" = String, Path, description = "The profile"),
        ("version" = String, Path, description = "Number of the version")),
    responses((status = 200, body = ExportedProfile)))]
pub(in crate::api) async fn export(
    ctx: RequestContext,
    Path((id, version)): Path<(String, String)>,
) -> Result<Json<ExportedProfile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let number = body::number(&version)?;
    let exported = export_masked(ctx.core(), &ctx.actor, &id, number).await?;
    Ok(Json(exported.into()))
}

/// Why, and by whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ExportBody {
    /// For the audit trail.
    #[serde(default)]
    reason: String,
    /// As it was uploaded, signature included, where that is kept.
    #[serde(default)]
    original: bool,
    /// The password of the token's account: a token alone shows no secret.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// A version with its secrets. The answer is not kept anywhere, also not for an idempotency key.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/versions/{version}/export",
    operation_id = "profiles_export_secrets", tag = "profiles",
    params(("id" = String, Path, description = "The profile"),
        ("version" = String, Path, description = "Number of the version")),
    request_body = ExportBody, responses((status = 200, body = ExportedProfile)))]
pub(in crate::api) async fn export_secrets(
    ctx: RequestContext,
    Path((id, version)): Path<(String, String)>,
    body: Body,
) -> Result<Unkept<ExportedProfile>, AppError> {
    let id = body::profile(&ctx, &id).await?;
    let number = body::number(&version)?;
    let sent: ExportBody = body.read().await?;
    let ask = ExportSecrets {
        reason: sent.reason,
        original: sent.original,
        proof: Proof::sent(sent.password, sent.code),
    };
    let exported = export_with_secrets(ctx.core(), &ctx.actor, &id, number, ask).await?;
    Ok(Unkept(exported.into()))
}
