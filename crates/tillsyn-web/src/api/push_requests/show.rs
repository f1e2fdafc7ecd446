//! `GET /api/v1/push-requests/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PushRequestId;
use tillsyn_core::push;

use super::views::PushRequestWithFiles;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A request with the files that its signer and Apple want.
#[utoipa::path(get, path = "/api/v1/push-requests/{id}", operation_id = "push_requests_show", tag = "push",
    params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = PushRequestWithFiles)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PushRequestWithFiles>, AppError> {
    let id = id(path, PushRequestId::parse, "request for a push certificate")?;
    let files = push::request_files(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(files.into()))
}
