//! `POST /api/v1/enrollments/import`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::moving::{self, MovedEnrollment};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A chunk of enrollments, each as one line of the documented form.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ImportBody {
    /// 1 to 200 enrollments; see docs/moving.md.
    #[schema(value_type = Vec<Object>)]
    enrollments: Vec<MovedEnrollment>,
}

/// What became of the chunk: with one refused line nothing of it came in.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ImportReport {
    imported: usize,
    /// Those that were here before with the same certificate.
    unchanged: usize,
    refused: Vec<RefusedLine>,
}

/// One line that cannot come in.
#[derive(Serialize, ToSchema)]
struct RefusedLine {
    /// Its place in the chunk, from 1.
    line: usize,
    code: &'static str,
    detail: &'static str,
}

/// Takes in enrollments of another server, each pinned to its certificate; whole or not at all.
#[utoipa::path(post, path = "/api/v1/enrollments/import", operation_id = "enrollments_import",
    tag = "enrollments", request_body = ImportBody, responses((status = 200, body = ImportReport)))]
pub(in crate::api) async fn import(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<ImportReport>, AppError> {
    let body: ImportBody = body.read().await?;
    let report = moving::import(ctx.core(), &ctx.actor, body.enrollments).await?;
    let refused = report.refused.into_iter().map(|line| RefusedLine {
        line: line.line,
        code: line.code,
        detail: line.detail,
    });
    Ok(Json(ImportReport {
        imported: report.imported,
        unchanged: report.unchanged,
        refused: refused.collect(),
    }))
}
