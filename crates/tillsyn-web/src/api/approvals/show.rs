//! `GET /api/v1/approvals/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::approvals;
use tillsyn_core::ids::ApprovalId;

use super::views::ApprovalFull;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One approval: what the asker saw, and what has changed since.
#[utoipa::path(get, path = "/api/v1/approvals/{id}", operation_id = "approvals_show", tag = "approvals",
    params(("id" = String, Path, description = "The approval")),
    responses((status = 200, body = ApprovalFull)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<ApprovalFull>, AppError> {
    let id = id(path, ApprovalId::parse, "approval")?;
    let found = approvals::find(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
