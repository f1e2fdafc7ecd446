//! `GET /api/v1/roles`.

use axum::Json;
use tillsyn_core::roles::list_roles;

use super::views::Role;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The roles that can be given where the token reaches: built-in ones first, then own ones by name.
#[utoipa::path(get, path = "/api/v1/roles", operation_id = "roles_list", tag = "roles",
    responses((status = 200, body = Page<Role>)))]
pub(in crate::api) async fn list(ctx: RequestContext) -> Result<Json<Page<Role>>, AppError> {
    Ok(Json(Page::whole(list_roles(ctx.core(), &ctx.actor).await?)))
}
