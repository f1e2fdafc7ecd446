//! `DELETE /api/v1/push-certificates/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::remove_topic;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes a push certificate that no device depends on.
#[utoipa::path(delete, path = "/api/v1/push-certificates/{id}", operation_id = "push_certificates_remove",
    tag = "push", params(("id" = String, Path, description = "The push certificate")),
    responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    remove_topic(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
