//! `DELETE /api/v1/push-requests/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::PushRequestId;
use tillsyn_core::push;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Deletes a request and its key: a certificate that Apple makes from it cannot be used then.
#[utoipa::path(delete, path = "/api/v1/push-requests/{id}", operation_id = "push_requests_remove",
    tag = "push", params(("id" = String, Path, description = "The request")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, PushRequestId::parse, "request for a push certificate")?;
    push::delete_request(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
