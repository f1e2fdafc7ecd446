//! `POST /api/v1/webhooks/{id}/test`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::send_test;
use utoipa::ToSchema;

use crate::api::json::{Accepted, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A test on its way.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookTest {
    /// In the list of deliveries it shows what became of it.
    #[schema(format = "uuid")]
    delivery_id: String,
}

/// Sends an event `webhook.test`, like any other.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", operation_id = "webhooks_test",
    tag = "webhooks", params(("id" = String, Path, description = "The webhook")),
    responses((status = 202, body = WebhookTest)))]
pub(in crate::api) async fn test(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Accepted<WebhookTest>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    let delivery_id = send_test(ctx.core(), &ctx.actor, &id).await?;
    Ok(Accepted(WebhookTest { delivery_id }))
}
