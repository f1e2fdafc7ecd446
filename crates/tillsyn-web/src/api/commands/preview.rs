//! `POST /api/v1/commands/preview`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::commands;
use utoipa::ToSchema;

use super::body::{Command, channel, device_ids};
use super::views::Preview;
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The request to look at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PreviewBody {
    /// 1 to 1000 ids.
    #[schema(min_items = 1, max_items = 1000)]
    devices: Vec<String>,
    command: Command,
    /// `device` (the default), `user:<id>` for one user of it, or `users` for all of them.
    channel: Option<String>,
}

/// Shows what a command would do, and what has to be sent to confirm it. Nothing is changed.
#[utoipa::path(post, path = "/api/v1/commands/preview", operation_id = "commands_preview", tag = "commands",
    request_body = PreviewBody, responses((status = 200, body = Preview)))]
pub(in crate::api) async fn preview(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<Preview>, AppError> {
    let body: PreviewBody = body.read().await?;
    let devices = device_ids(&body.devices)?;
    let channel = channel(body.channel.as_deref())?;
    let (request, _) = body.command.into_request()?;
    let preview = commands::preview_on(ctx.core(), &ctx.actor, devices, &channel, request).await?;
    Ok(Json(preview.into()))
}
