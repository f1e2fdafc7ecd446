//! `POST /api/v1/enrollments/{id}/confirm`.

use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::ids::EnrollmentId;
use tillsyn_core::moving;
use utoipa::ToSchema;

use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which certificate is the device's own.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ConfirmBody {
    /// Needed where two certificates claimed the enrollment.
    certificate_sha256: Option<String>,
}

/// Confirms a moved-in enrollment: from now on it is like any other.
#[utoipa::path(post, path = "/api/v1/enrollments/{id}/confirm", operation_id = "enrollments_confirm",
    tag = "enrollments", params(("id" = String, Path, description = "The enrollment")),
    request_body = ConfirmBody, responses((status = 204)))]
pub(in crate::api) async fn confirm(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, EnrollmentId::parse, "enrollment")?;
    moving::reach(ctx.core(), &ctx.actor, &id).await?;
    let body: ConfirmBody = body.read_or_default().await?;
    let certificate = body.certificate_sha256.as_deref();
    moving::confirm(ctx.core(), &ctx.actor, &id, certificate).await?;
    Ok(StatusCode::NO_CONTENT)
}
