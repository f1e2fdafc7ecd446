//! `GET /api/v1/attempts/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::AttemptId;
use tillsyn_core::invitations::attempt;

use super::views::Attempt;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One attempt.
#[utoipa::path(get, path = "/api/v1/attempts/{id}", operation_id = "attempts_show", tag = "invitations",
    params(("id" = String, Path, description = "The attempt")), responses((status = 200, body = Attempt)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Attempt>, AppError> {
    let id = id(path, AttemptId::parse, "attempt")?;
    Ok(Json(attempt(ctx.core(), &ctx.actor, &id).await?.into()))
}
