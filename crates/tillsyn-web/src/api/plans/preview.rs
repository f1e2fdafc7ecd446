//! `GET /api/v1/profiles/{id}/draft/effect`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::ProfileId;
use tillsyn_core::plans;

use super::views::PlanSummary;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What publishing the draft as it is now would do. Nothing is kept; of many devices it looks at the first
/// ten thousand.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/draft/effect", operation_id = "profiles_draft_effect",
    tag = "plans", params(("id" = String, Path, description = "The profile")),
    responses((status = 200, body = PlanSummary)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PlanSummary>, AppError> {
    let id = id(path, ProfileId::parse, "profile")?;
    let summary = plans::preview(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(summary.into()))
}
