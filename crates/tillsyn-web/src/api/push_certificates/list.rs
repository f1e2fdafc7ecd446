//! `GET /api/v1/push-certificates`.

use axum::Json;
use tillsyn_core::push;

use super::views::PushCertificate;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The push certificates on record.
#[utoipa::path(get, path = "/api/v1/push-certificates", operation_id = "push_certificates_list", tag = "push",
    responses((status = 200, body = Page<PushCertificate>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
) -> Result<Json<Page<PushCertificate>>, AppError> {
    let topics = push::list_topics(ctx.core(), &ctx.actor).await?;
    Ok(Json(Page::whole(topics)))
}
