//! `GET /api/v1/groups/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::groups;
use tillsyn_core::ids::GroupId;

use super::views::Group;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One group.
#[utoipa::path(get, path = "/api/v1/groups/{id}", operation_id = "groups_show", tag = "groups",
    params(("id" = String, Path, description = "The group")), responses((status = 200, body = Group)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Group>, AppError> {
    let id = id(path, GroupId::parse, "group")?;
    Ok(Json(
        groups::group(ctx.core(), &ctx.actor, &id).await?.into(),
    ))
}
