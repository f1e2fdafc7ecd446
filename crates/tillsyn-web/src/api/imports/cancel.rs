//! `POST /api/v1/imports/{id}/cancel`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::imports;

use super::views::{Import, import_id};
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Ends an import; what was made stays.
#[utoipa::path(post, path = "/api/v1/imports/{id}/cancel", operation_id = "imports_cancel",
    tag = "imports", params(("id" = String, Path)), responses((status = 200, body = Import)))]
pub(in crate::api) async fn cancel(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Import>, AppError> {
    let id = id(path, import_id, "import")?;
    let found = imports::cancel(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
