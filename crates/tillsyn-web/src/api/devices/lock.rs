//! `POST /api/v1/devices/{id}/lock`.

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

/// How to lock. Everything may be left out, the body as well.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::api) struct LockBody {
    /// Shown on the lock screen.
    message: Option<String>,
    /// Shown on the lock screen.
    phone_number: Option<String>,
    /// For the audit trail.
    reason: Option<String>,
}

/// Locks a device; it obeys when it next comes. Who may see PINs gets a Mac's in the answer, once.
#[utoipa::path(post, path = "/api/v1/devices/{id}/lock", operation_id = "devices_lock", tag = "devices",
    params(("id" = String, Path, description = "The device")),
    request_body = LockBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn lock(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Enqueued, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let body: LockBody = body.read_or_default().await?;
    let new = NewCommand {
        devices: vec![id],
        request: Request::DeviceLock {
            message: body.message,
            phone_number: body.phone_number,
        },
        profile: None,
        reason: body.reason,
        confirmation: Confirmation::default(),
    };
    Ok(enqueue(ctx.core(), &ctx.actor, new).await?.into())
}
