//! `POST /api/v1/devices/{id}/commands`.

use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::commands::{Confirmation, NewCommand, enqueue_on};
use tillsyn_core::devices::reach;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use super::body::{Command, channel};
use super::views::Enqueued;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// One command for one device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CommandBody {
    command: Command,
    /// `device` (the default), `user:<id>` for one user of it, or `users` for all of them.
    channel: Option<String>,
    /// For the audit trail; needed for slow acts such as erase and retire.
    reason: Option<String>,
    /// The device's name, exactly; needed for slow acts such as erase and retire.
    confirm: Option<String>,
}

/// Queues a command for a device.
#[utoipa::path(post, path = "/api/v1/devices/{id}/commands", operation_id = "devices_commands_create",
    tag = "commands", params(("id" = String, Path, description = "The device")),
    request_body = CommandBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Enqueued, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let body: CommandBody = body.read().await?;
    let channel = channel(body.channel.as_deref())?;
    let (request, profile) = body.command.into_request()?;
    let new = NewCommand {
        devices: vec![id],
        request,
        profile,
        reason: body.reason,
        confirmation: Confirmation {
            typed: body.confirm,
            targets_digest: None,
        },
    };
    let made = enqueue_on(ctx.core(), &ctx.actor, new, channel).await?;
    Ok(made.into())
}
