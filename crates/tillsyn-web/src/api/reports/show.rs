//! `GET /api/v1/reports/{name}`.

use axum::Json;
use axum::extract::Path;

use super::views::{Report, ReportParams, counted};
use crate::api::paging::Params;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A report of the token's scope. The devices behind a row are those of the list with the same filter.
#[utoipa::path(get, path = "/api/v1/reports/{name}", operation_id = "reports_show", tag = "reports",
    params(("name" = String, Path, description = "The report"), ReportParams),
    responses((status = 200, body = Report)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    Path(name): Path<String>,
    Params(params): Params<ReportParams>,
) -> Result<Json<Report>, AppError> {
    Ok(Json(counted(&ctx, &name, params).await?.into()))
}
