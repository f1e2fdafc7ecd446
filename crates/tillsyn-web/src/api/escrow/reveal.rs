//! `POST /api/v1/devices/{id}/escrow/{escrow_id}/reveal`.

use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::accounts::Proof;
use tillsyn_core::devices::reach;
use tillsyn_core::escrow::{self, Reveal};
use tillsyn_core::ids::{DeviceId, EscrowId};
use utoipa::ToSchema;

use crate::api::json::{Body, Unkept};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Why, and the proof that it is meant and by whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RevealBody {
    /// For the audit trail.
    #[serde(default)]
    reason: String,
    /// The device's name, exactly.
    #[serde(default)]
    confirm: String,
    /// The password of the token's account: a token alone shows no secret.
    password: Option<String>,
    /// The code of the account's authenticator app, where it has one.
    code: Option<String>,
}

/// A secret in the open.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RevealedSecret {
    #[schema(format = "uuid")]
    id: String,
    kind: &'static str,
    label: Option<String>,
    value: String,
    /// `text` or `base64`.
    encoding: &'static str,
    created_at: Time,
    /// Whether it is the one that counts, or history.
    newest: bool,
    /// `offered` when the device can be given a new one, `begun` when that is under way, else `none`.
    rotation: &'static str,
}

/// Shows one secret. The answer is not kept anywhere, also not for an idempotency key.
#[utoipa::path(post, path = "/api/v1/devices/{id}/escrow/{escrow_id}/reveal",
    operation_id = "devices_escrow_reveal", tag = "escrow",
    params(("id" = String, Path, description = "The device"),
        ("escrow_id" = String, Path, description = "The secret")),
    request_body = RevealBody, responses((status = 200, body = RevealedSecret)))]
pub(in crate::api) async fn reveal(
    ctx: RequestContext,
    Path((device, secret)): Path<(String, String)>,
    body: Body,
) -> Result<Unkept<RevealedSecret>, AppError> {
    let device_id = DeviceId::parse(&device).ok_or_else(|| Error::not_found("device"))?;
    let escrow_id = EscrowId::parse(&secret).ok_or_else(|| Error::not_found("secret"))?;
    reach(ctx.core(), &ctx.actor, &device_id).await?;
    let body: RevealBody = body.read().await?;
    let ask = Reveal {
        device_id,
        escrow_id,
        reason: body.reason,
        typed: body.confirm,
        proof: Proof::sent(body.password, body.code),
    };
    let shown = escrow::reveal(ctx.core(), &ctx.actor, ask).await?;
    Ok(Unkept(RevealedSecret {
        id: shown.id.to_string(),
        kind: shown.kind.as_str(),
        label: shown.label,
        value: shown.value.to_string(),
        encoding: if shown.is_base64 { "base64" } else { "text" },
        created_at: Time(shown.created_at),
        newest: shown.newest,
        rotation: shown.rotation.as_str(),
    }))
}
