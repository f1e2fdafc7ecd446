//! `POST /api/v1/push-certificates/{id}/resume`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push::resume_topic;
use utoipa::ToSchema;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What goes out again.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushesResumed {
    /// Channels that are pushed.
    pushes: u64,
}

/// Tries a certificate again that APNs refused: everything that waits is pushed.
#[utoipa::path(post, path = "/api/v1/push-certificates/{id}/resume", operation_id = "push_certificates_resume",
    tag = "push", params(("id" = String, Path, description = "The push certificate")),
    responses((status = 200, body = PushesResumed)))]
pub(in crate::api) async fn resume(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PushesResumed>, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    let pushes = resume_topic(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(PushesResumed { pushes }))
}
