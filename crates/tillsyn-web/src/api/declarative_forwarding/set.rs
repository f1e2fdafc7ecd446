//! `PUT /api/v1/devices/{id}/declarative-forwarding`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::nanomdm::{NewForward, set_forward};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::views::DeclarativeForwarding;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Where declarative management goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DeclarativeForwardingBody {
    /// `https://` and where the server listens, with a `/` at the end; names of endpoints are written behind it.
    url: String,
    /// The key that signs questions, and that answers have to be signed with, as `X-Hmac-Signature`: HMAC-SHA256 over
    /// the body in Base64. Without it neither is signed. Never shown.
    key: Option<String>,
}

/// Lets another server answer the declarative management of a device and of its users, as NanoMDM's `-dm` does. It
/// replaces what was chosen before, with its key. Needs `devices.configure` as well.
#[utoipa::path(put, path = "/api/v1/devices/{id}/declarative-forwarding",
    operation_id = "devices_declarative_forwarding_set", tag = "devices",
    params(("id" = String, Path, description = "The device")), request_body = DeclarativeForwardingBody,
    responses((status = 200, body = DeclarativeForwarding)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<DeclarativeForwarding>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let body: DeclarativeForwardingBody = body.read().await?;
    let new = NewForward {
        url: body.url,
        key: body.key.map(Zeroizing::new),
    };
    let view = set_forward(ctx.core(), &ctx.actor, &id, new).await?;
    Ok(Json(view.into()))
}
