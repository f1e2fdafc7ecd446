//! `POST /api/v1/webhooks/{id}/key`.

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::Proof;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::{self, find_webhook};
use utoipa::ToSchema;

use crate::api::json::{Body, Unkept, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The proof of who asks; needed for the NanoMDM format alone.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RenewBody {
    /// The password of the token's account.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// A webhook's new key.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct WebhookKey {
    /// Shown this once.
    key: String,
}

/// Gives a webhook a new key; the old one signs nothing from now on.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/key", operation_id = "webhooks_renew_key",
    tag = "webhooks", params(("id" = String, Path, description = "The webhook")),
    request_body = Option<RenewBody>, responses((status = 200, body = WebhookKey)))]
pub(in crate::api) async fn renew(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Unkept<WebhookKey>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    find_webhook(ctx.core(), &ctx.actor, &id).await?;
    let body: Option<RenewBody> = body.read_or_default().await?;
    let body = body.unwrap_or_default();
    let proof = Proof::sent(body.password, body.code);
    let key = webhooks::renew_key(ctx.core(), &ctx.actor, &id, proof).await?;
    Ok(Unkept(WebhookKey {
        key: key.to_string(),
    }))
}
