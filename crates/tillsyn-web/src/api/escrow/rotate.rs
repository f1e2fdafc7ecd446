//! `POST /api/v1/devices/{id}/escrow/{escrow_id}/rotate`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::devices::reach;
use tillsyn_core::escrow::{self, Kind};
use tillsyn_core::ids::{DeviceId, EscrowId};
use utoipa::ToSchema;

use crate::api::commands::views::Enqueued;
use crate::api::json::{Accepted, Body};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RotateBody {
    /// For the audit trail.
    #[serde(default)]
    reason: String,
}

/// Gives the device a new secret of the same kind, where Apple allows it; both stay.
#[utoipa::path(post, path = "/api/v1/devices/{id}/escrow/{escrow_id}/rotate",
    operation_id = "devices_escrow_rotate", tag = "escrow",
    params(("id" = String, Path, description = "The device"),
        ("escrow_id" = String, Path, description = "The secret")),
    request_body = RotateBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn rotate(
    ctx: RequestContext,
    Path((device, secret)): Path<(String, String)>,
    body: Body,
) -> Result<Accepted<Enqueued>, AppError> {
    let device_id = DeviceId::parse(&device).ok_or_else(|| Error::not_found("device"))?;
    let escrow_id = EscrowId::parse(&secret).ok_or_else(|| Error::not_found("secret"))?;
    reach(ctx.core(), &ctx.actor, &device_id).await?;
    let body: RotateBody = body.read().await?;
    let (core, actor) = (ctx.core(), &ctx.actor);
    let found = escrow::find_escrow(core, actor, &device_id, &escrow_id).await?;
    let kind = Kind::parse(found.kind).ok_or_else(|| Error::not_found("secret"))?;
    let made = escrow::rotate(core, actor, &device_id, kind, &body.reason).await?;
    Ok(Accepted(made.into()))
}
