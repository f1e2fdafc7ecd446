//! `PATCH /api/v1/webhooks/{id}`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::accounts::Proof;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::{WebhookChange, change_webhook, find_webhook};
use utoipa::ToSchema;

use super::views::Webhook;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What changes of a webhook; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct WebhookEdit {
    name: Option<String>,
    url: Option<String>,
    events: Option<Vec<String>>,
    /// A paused webhook sends nothing, and what happens meanwhile is not sent later.
    paused: Option<bool>,
    /// The password of the token's account: a token alone does not change or resume the NanoMDM format.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// Changes a webhook, pauses it, or lets it send again.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", operation_id = "webhooks_change", tag = "webhooks",
    params(("id" = String, Path, description = "The webhook")), request_body = WebhookEdit,
    responses((status = 200, body = Webhook)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Webhook>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    find_webhook(ctx.core(), &ctx.actor, &id).await?;
    let body: WebhookEdit = body.read().await?;
    let change = WebhookChange {
        name: body.name,
        url: body.url,
        events: body.events,
        paused: body.paused,
        proof: Proof::sent(body.password, body.code),
    };
    let changed = change_webhook(ctx.core(), &ctx.actor, &id, change).await?;
    Ok(Json(changed.into()))
}
