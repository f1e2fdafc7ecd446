//! `POST /api/v1/webhooks`.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::webhooks::{NewWebhook, create_webhook};
use utoipa::ToSchema;

use super::views::Webhook;
use crate::api::json::{Body, Unkept, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WebhookBody {
    name: String,
    /// `https://` and where the receiver listens; on the public internet, unless the server's
    /// configuration opens others.
    url: String,
    /// Actions, all of a kind such as `device.*`, or `*`.
    events: Vec<String>,
    /// Whose events, with those of the units below; without it, the token's own unit.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
}

/// The new webhook.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewWebhookAnswer {
    webhook: Webhook,
    /// Signs what is sent; shown this once. `Tillsyn-Signature` is `t=…,v1=…`: the time, and
    /// HMAC-SHA256 in hex over `t`, a dot, and the body.
    key: String,
}

/// Makes a webhook. It is told what happens from now on.
#[utoipa::path(post, path = "/api/v1/webhooks", operation_id = "webhooks_create", tag = "webhooks",
    request_body = WebhookBody, responses((status = 201, body = NewWebhookAnswer)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<(StatusCode, Unkept<NewWebhookAnswer>), AppError> {
    let body: WebhookBody = body.read().await?;
    let new = NewWebhook {
        name: body.name,
        url: body.url,
        events: body.events,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
    };
    let (webhook, key) = create_webhook(ctx.core(), &ctx.actor, new).await?;
    let answer = NewWebhookAnswer {
        webhook: webhook.into(),
        key: key.to_string(),
    };
    Ok((StatusCode::CREATED, Unkept(answer)))
}
