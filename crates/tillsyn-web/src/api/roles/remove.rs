//! `DELETE /api/v1/roles/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::roles::{self, remove_role};

use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes a role that nobody has.
#[utoipa::path(delete, path = "/api/v1/roles/{id}", operation_id = "roles_remove", tag = "roles",
    params(("id" = String, Path, description = "The role")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    Path(id): Path<String>,
) -> Result<StatusCode, AppError> {
    roles::reach(ctx.core(), &ctx.actor, &id).await?;
    remove_role(ctx.core(), &ctx.actor, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
