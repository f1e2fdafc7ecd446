//! `POST /api/v1/webhooks`.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::accounts::Proof;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::webhooks::{Format, NewWebhook, create_webhook};
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
    /// `tillsyn`: events of the audit trail; the default. `nanomdm`: what devices send, as it came, with the
    /// secrets in it; needs the permissions to see them and the password as well.
    format: Option<String>,
    /// Actions, all of a kind such as `device.*`, or `*`; of `nanomdm` its topics, such as `mdm.Connect`.
    events: Vec<String>,
    /// Whose events, with those of the units below; without it, the token's own unit.
    #[schema(format = "uuid")]
    unit_id: Option<String>,
    /// The password of the token's account: for the NanoMDM format a token alone does not do.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// The new webhook.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct NewWebhookAnswer {
    webhook: Webhook,
    /// Signs what is sent; shown this once. `Tillsyn-Signature` is `t=…,v1=…`: the time, and
    /// HMAC-SHA256 in hex over `t`, a dot, and the body.
    key: String,
}

fn format(text: Option<&str>) -> Result<Format, Error> {
    Format::parse(text.unwrap_or("tillsyn")).ok_or_else(|| {
        Error::invalid(
            "format",
            "webhook_format",
            "A format is tillsyn or nanomdm.",
        )
    })
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
        format: format(body.format.as_deref())?,
        events: body.events,
        unit: option(body.unit_id, OrgUnitId::parse, "organisational unit")?,
        proof: Proof::sent(body.password, body.code),
    };
    let (webhook, key) = create_webhook(ctx.core(), &ctx.actor, new).await?;
    let answer = NewWebhookAnswer {
        webhook: webhook.into(),
        key: key.to_string(),
    };
    Ok((StatusCode::CREATED, Unkept(answer)))
}
