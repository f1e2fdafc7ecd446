//! `GET /api/v1/profiles/{id}/assignments`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::assignments;
use tillsyn_core::ids::ProfileId;

use super::views::Assignment;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Whom a profile is assigned to.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/assignments", operation_id = "profiles_assignments",
    tag = "assignments", params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = Page<Assignment>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<Assignment>>, AppError> {
    let id = id(path, ProfileId::parse, "profile")?;
    let found = assignments::assignments_of_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(found)))
}
