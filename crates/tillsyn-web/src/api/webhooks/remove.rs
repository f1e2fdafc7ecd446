//! `DELETE /api/v1/webhooks/{id}`.

use axum::extract::Path;
use http::StatusCode;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::remove_webhook;

use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Removes a webhook with what waited for it.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", operation_id = "webhooks_remove", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook")), responses((status = 204)))]
pub(in crate::api) async fn remove(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<StatusCode, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    remove_webhook(ctx.core(), &ctx.actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
