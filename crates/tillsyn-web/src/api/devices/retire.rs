//! `POST /api/v1/devices/{id}/retire`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::commands::{Confirmation, NewCommand, Request, enqueue};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use crate::api::commands::views::Enqueued;
use crate::api::json::{Accepted, Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The proof that it is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RetireBody {
    /// For the audit trail.
    reason: Option<String>,
    /// The device's name, exactly.
    confirm: Option<String>,
}

/// Ends the management of a device after the hold: its enrollment profile is removed.
#[utoipa::path(post, path = "/api/v1/devices/{id}/retire", operation_id = "devices_retire", tag = "devices",
    params(("id" = String, Path, description = "The device")),
    request_body = RetireBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn retire(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Accepted<Enqueued>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let reached = reach(ctx.core(), &ctx.actor, &id).await?;
    let body: RetireBody = body.read().await?;
    let new = NewCommand {
        devices: vec![id],
        request: Request::RemoveProfile {
            identifier: reached.enrollment_profile()?,
        },
        profile: None,
        reason: body.reason,
        confirmation: Confirmation {
            typed: body.confirm,
            targets_digest: None,
        },
    };
    Ok(Accepted(enqueue(ctx.core(), &ctx.actor, new).await?.into()))
}
