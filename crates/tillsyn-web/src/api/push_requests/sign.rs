//! `POST /api/v1/push-requests/{id}/sign`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::PushRequestId;
use tillsyn_core::push;

use super::views::PushRequest;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Signs a request with the vendor certificate on record.
#[utoipa::path(post, path = "/api/v1/push-requests/{id}/sign", operation_id = "push_requests_sign",
    tag = "push", params(("id" = String, Path, description = "The request")),
    responses((status = 200, body = PushRequest)))]
pub(in crate::api) async fn sign(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<PushRequest>, AppError> {
    let id = id(path, PushRequestId::parse, "request for a push certificate")?;
    let request = push::sign_request(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(request.into()))
}
