//! `GET /api/v1/push-certificates/{id}/rehearsals`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PushTopicId;
use tillsyn_core::push;

use super::views::PushRehearsal;
use crate::api::json::id;
use crate::api::paging::Page;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The rehearsals of a renewal, newest first.
#[utoipa::path(get, path = "/api/v1/push-certificates/{id}/rehearsals",
    operation_id = "push_certificates_rehearsals", tag = "push",
    params(("id" = String, Path, description = "The push certificate")),
    responses((status = 200, body = Page<PushRehearsal>)))]
pub(in crate::api) async fn rehearsals(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Page<PushRehearsal>>, AppError> {
    let id = id(path, PushTopicId::parse, "push certificate")?;
    let reports = push::rehearsals(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(Page::whole(reports)))
}
