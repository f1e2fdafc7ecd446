//! `GET /api/v1/reports/{name}/csv`.

use axum::extract::Path;
use axum::response::Response;
use tillsyn_core::reports::report_csv;

use super::views::{ReportParams, counted};
use crate::api::csv_file;
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::console::reports::file_name;
use crate::error::AppError;

/// The same as CSV.
#[utoipa::path(get, path = "/api/v1/reports/{name}/csv", operation_id = "reports_csv", tag = "reports",
    params(("name" = String, Path, description = "The report"), ReportParams),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(in crate::api) async fn file(
    ctx: RequestContext,
    Path(name): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<Response, AppError> {
    let report = counted(&ctx, &name, params).await?;
    Ok(csv_file(file_name(report.name), report_csv(&report)?))
}
