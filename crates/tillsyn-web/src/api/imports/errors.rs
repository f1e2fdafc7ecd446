//! `GET /api/v1/imports/{id}/errors`.

use axum::extract::Path;
use axum::response::Response;
use tillsyn_core::imports;

use super::views::{ERRORS, csv_file, import_id};
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The errors of the file, row by row, as CSV.
#[utoipa::path(get, path = "/api/v1/imports/{id}/errors", operation_id = "imports_errors",
    tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(in crate::api) async fn errors(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Response, AppError> {
    let id = id(path, import_id, "import")?;
    let bytes = imports::errors_csv(ctx.core(), &ctx.actor, &id).await?;
    Ok(csv_file(ERRORS, bytes))
}
