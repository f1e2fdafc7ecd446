//! `POST /api/v1/devices/{id}/erase`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::commands::{Confirmation, NewCommand, Request, enqueue};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use crate::api::commands::views::Enqueued;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What to erase, and the proof that it is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct EraseBody {
    /// For the audit trail.
    reason: Option<String>,
    /// The device's name, exactly.
    confirm: Option<String>,
    #[serde(default)]
    preserve_data_plan: bool,
    #[serde(default)]
    disallow_proximity_setup: bool,
}

/// Erases a device after the hold, within which anybody with the right may cancel.
#[utoipa::path(post, path = "/api/v1/devices/{id}/erase", operation_id = "devices_erase", tag = "devices",
    params(("id" = String, Path, description = "The device")),
    request_body = EraseBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn erase(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Enqueued, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let body: EraseBody = body.read().await?;
    let new = NewCommand {
        devices: vec![id],
        request: Request::EraseDevice {
            preserve_data_plan: body.preserve_data_plan,
            disallow_proximity_setup: body.disallow_proximity_setup,
        },
        profile: None,
        reason: body.reason,
        confirmation: Confirmation {
            typed: body.confirm,
            targets_digest: None,
        },
    };
    Ok(enqueue(ctx.core(), &ctx.actor, new).await?.into())
}
