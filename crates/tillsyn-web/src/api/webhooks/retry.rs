//! `POST /api/v1/webhooks/{id}/deliveries/{delivery_id}/retry`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::Error;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::retry_delivery;

use crate::auth::RequestContext;
use crate::error::AppError;

/// Sends a delivery once more, now.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery_id}/retry",
    operation_id = "webhooks_retry", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook"),
        ("delivery_id" = String, Path, description = "The delivery")),
    responses((status = 204)))]
pub(in crate::api) async fn retry(
    ctx: RequestContext,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<StatusCode, AppError> {
    let id = WebhookId::parse(&id).ok_or_else(|| Error::not_found("webhook"))?;
    retry_delivery(ctx.core(), &ctx.actor, &id, &delivery).await?;
    Ok(StatusCode::NO_CONTENT)
}
