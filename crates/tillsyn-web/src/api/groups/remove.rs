//! `DELETE /api/v1/groups/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::groups::remove_group;
use tillsyn_core::ids::GroupId;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes a group; refused while assignments name it, and the refusal says which.
#[utoipa::path(delete, path = "/api/v1/groups/{id}", operation_id = "groups_remove", tag = "groups",
    params(("id" = String, Path, description = "The group")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, GroupId::parse, "group")?;
    remove_group(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
