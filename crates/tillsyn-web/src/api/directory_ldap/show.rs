//! `GET /api/v1/directories/{id}/ldap`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap;

use super::views::DirectoryLdap;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How an LDAP directory is reached and read, and how the last run went.
#[utoipa::path(get, path = "/api/v1/directories/{id}/ldap", operation_id = "directory_ldap_show",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    responses((status = 200, body = DirectoryLdap)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<DirectoryLdap>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    let found = ldap::ldap(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
