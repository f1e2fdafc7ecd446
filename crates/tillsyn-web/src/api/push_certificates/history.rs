//! `GET /api/v1/push-certificates/{id}/history`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push;

use super::views::PastPushCertificate;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The certificates that a topic has had, the one in use first.
#[utoipa::path(get, path = "/api/v1/push-certificates/{id}/history", operation_id = "push_certificates_history",
    tag = "push", params(("id" = String, Path, description = "The push certificate")),
    responses((status = 200, body = Page<PastPushCertificate>)))]
pub(in crate::api) async fn history(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<PastPushCertificate>>, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    let past = push::history(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(past)))
}
