//! `GET /api/v1/imports/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::imports;

use super::views::{Import, import_id};
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One import: counts of its preview, then its progress.
#[utoipa::path(get, path = "/api/v1/imports/{id}", operation_id = "imports_show", tag = "imports",
    params(("id" = String, Path)), responses((status = 200, body = Import)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Import>, AppError> {
    let id = id(path, import_id, "import")?;
    let found = imports::import(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(found.into()))
}
