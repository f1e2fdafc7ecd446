//! `DELETE /api/v1/views/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::ViewId;
use tillsyn_core::lists::remove_view;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes a view of one's own, or one that was shared in a unit whose settings one looks after.
#[utoipa::path(delete, path = "/api/v1/views/{id}", operation_id = "views_remove", tag = "devices",
    params(("id" = String, Path, description = "The view")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, ViewId::parse, "view")?;
    remove_view(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
