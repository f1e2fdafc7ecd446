//! `GET /api/v1/roles/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::roles;

use super::views::Role;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One role.
#[utoipa::path(get, path = "/api/v1/roles/{id}", operation_id = "roles_show", tag = "roles",
    params(("id" = String, Path, description = "The role")), responses((status = 200, body = Role)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<Json<Role>, AppError> {
    Ok(Json(roles::role(ctx.core(), &ctx.actor, &id).await?.into()))
}
