//! `GET /api/v1/webhooks/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::find_webhook;

use super::views::Webhook;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One webhook.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", operation_id = "webhooks_show", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook")),
    responses((status = 200, body = Webhook)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Webhook>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    Ok(Json(
        find_webhook(ctx.core(), &ctx.actor, &id).await?.into(),
    ))
}
