//! `POST /api/v1/webhooks/{id}/key`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks;
use utoipa::ToSchema;

use crate::api::json::{Unkept, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A webhook's new key.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookKey {
    /// Shown this once.
    key: String,
}

/// Gives a webhook a new key; the old one signs nothing from now on.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/key", operation_id = "webhooks_renew_key",
    tag = "webhooks", params(("id" = String, Path, description = "The webhook")),
    responses((status = 200, body = WebhookKey)))]
pub(in crate::api) async fn renew(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Unkept<WebhookKey>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    let key = webhooks::renew_key(ctx.core(), &ctx.actor, &id).await?;
    Ok(Unkept(WebhookKey {
        key: key.to_string(),
    }))
}
