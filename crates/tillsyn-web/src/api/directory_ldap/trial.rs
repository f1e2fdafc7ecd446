//! `POST /api/v1/directories/{id}/ldap/trial`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap;

use super::views::{DirectoryLdapBody, DirectoryLdapTrial};
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Tries settings before they are saved: reaches the server, signs in and shows at most 20 people and groups.
/// Nothing is stored.
#[utoipa::path(post, path = "/api/v1/directories/{id}/ldap/trial", operation_id = "directory_ldap_trial",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    request_body = DirectoryLdapBody, responses((status = 200, body = DirectoryLdapTrial)))]
pub(in crate::api) async fn trial(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<DirectoryLdapTrial>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    ldap::may_change(ctx.core(), &ctx.actor, &id).await?;
    let body: DirectoryLdapBody = body.read().await?;
    let tried = ldap::trial(ctx.core(), &ctx.actor, &id, Some(body.into())).await?;
    Ok(Json(tried.into()))
}
