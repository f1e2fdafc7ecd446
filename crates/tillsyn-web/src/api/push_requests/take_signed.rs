//! `POST /api/v1/push-requests/{id}/signed`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::PushRequestId;
use tillsyn_core::push;
use utoipa::ToSchema;

use super::views::PushRequest;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What an outside signer sent back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SignedPushRequest {
    /// The file as it came: Base64, or the property list itself.
    file: String,
}

/// Takes the file of an outside signer. It must be for this request.
#[utoipa::path(post, path = "/api/v1/push-requests/{id}/signed", operation_id = "push_requests_take_signed",
    tag = "push", params(("id" = String, Path, description = "The request")),
    request_body = SignedPushRequest, responses((status = 200, body = PushRequest)))]
pub(in crate::api) async fn take_signed(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<PushRequest>, AppError> {
    let id = id(path, PushRequestId::parse, "request for a push certificate")?;
    push::request_files(ctx.core(), &ctx.actor, &id).await?;
    let body: SignedPushRequest = body.read().await?;
    let request = push::import_signed(ctx.core(), &ctx.actor, &id, &body.file).await?;
    Ok(Json(request.into()))
}
