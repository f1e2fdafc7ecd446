//! `GET /api/v1/certificates/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::certificates;
use tillsyn_core::ids::CertificateId;

use super::views::Certificate;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One device certificate.
#[utoipa::path(get, path = "/api/v1/certificates/{id}", operation_id = "certificates_show",
    tag = "certificates", params(("id" = String, Path, description = "The certificate")),
    responses((status = 200, body = Certificate)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Certificate>, AppError> {
    let id = id(path, CertificateId::parse, "certificate")?;
    let view = certificates::certificate(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(view.into()))
}
