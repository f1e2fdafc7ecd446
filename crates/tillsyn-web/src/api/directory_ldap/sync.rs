//! `POST /api/v1/directories/{id}/ldap/sync`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap;

use super::views::DirectoryLdap;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Reads an LDAP directory in full within a minute. What would take many people away at once waits for an
/// administrator.
#[utoipa::path(post, path = "/api/v1/directories/{id}/ldap/sync", operation_id = "directory_ldap_sync",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    responses((status = 200, body = DirectoryLdap)))]
pub(in crate::api) async fn sync(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<DirectoryLdap>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let asked = ldap::ask_for_sync(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(asked.into()))
}
