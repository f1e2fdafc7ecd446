//! `PUT /api/v1/directories/{id}/ldap`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::DirectoryId;
use tillsyn_core::ldap;

use super::views::{DirectoryLdap, DirectoryLdapBody};
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Says how an LDAP directory is reached and read. It is read in full within a minute. There is no way without
/// TLS.
#[utoipa::path(put, path = "/api/v1/directories/{id}/ldap", operation_id = "directory_ldap_change",
    tag = "directories", params(("id" = String, Path, description = "The directory")),
    request_body = DirectoryLdapBody, responses((status = 200, body = DirectoryLdap)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<DirectoryLdap>, AppError> {
    let id = id(path, DirectoryId::parse, "directory")?;
    ldap::may_change(ctx.core(), &ctx.actor, &id).await?;
    let body: DirectoryLdapBody = body.read().await?;
    let saved = ldap::save_settings(ctx.core(), &ctx.actor, &id, body.into()).await?;
    Ok(Json(saved.into()))
}
