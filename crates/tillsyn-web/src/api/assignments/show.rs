//! `GET /api/v1/assignments/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::assignments;
use tillsyn_core::ids::AssignmentId;

use super::views::Assignment;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One assignment.
#[utoipa::path(get, path = "/api/v1/assignments/{id}", operation_id = "assignments_show",
    tag = "assignments", params(("id" = String, Path, description = "The assignment")),
    responses((status = 200, body = Assignment)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Assignment>, AppError> {
    let id = id(path, AssignmentId::parse, "assignment")?;
    let found = assignments::assignment(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
