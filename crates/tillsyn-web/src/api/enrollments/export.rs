//! `GET /api/v1/enrollments/export`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::moving::{self, MovedEnrollment};
use utoipa::{IntoParams, ToSchema};

use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ExportParams {
    after: Option<String>,
    limit: Option<i64>,
}

/// One enrollment as a line of the documented form, without its unlock and bootstrap tokens.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Moved {
    /// See docs/moving.md.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    line: MovedEnrollment,
}

impl From<MovedEnrollment> for Moved {
    fn from(line: MovedEnrollment) -> Self {
        Self { line }
    }
}

/// The active enrollments in the form that another server can take in. The tokens that open devices are
/// exported on the server itself only.
#[utoipa::path(get, path = "/api/v1/enrollments/export", operation_id = "enrollments_export",
    tag = "enrollments", params(ExportParams), responses((status = 200, body = Page<Moved>)))]
pub(in crate::api) async fn export(
    ctx: RequestContext,
    Params(params): Params<ExportParams>,
) -> Result<Json<Page<Moved>>, AppError> {
    let after = params.after.as_deref();
    let page = moving::export(ctx.core(), &ctx.actor, false, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
