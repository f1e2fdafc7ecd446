//! `POST /api/v1/approvals/{id}/cancel`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::approvals;
use tillsyn_core::ids::ApprovalId;

use super::views::ApprovalFull;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Takes back what was asked for with this token's account; what waited is withdrawn.
#[utoipa::path(post, path = "/api/v1/approvals/{id}/cancel", operation_id = "approvals_cancel",
    tag = "approvals", params(("id" = String, Path, description = "The approval")),
    responses((status = 200, body = ApprovalFull)))]
pub(in crate::api) async fn cancel(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<ApprovalFull>, AppError> {
    let id = id(path, ApprovalId::parse, "approval")?;
    let ended = approvals::cancel(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(ended.into()))
}
