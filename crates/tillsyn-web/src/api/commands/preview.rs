//! `POST /api/v1/commands/preview`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::commands;
use utoipa::ToSchema;

use super::body::{Command, device_ids};
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
    let (request, _) = body.command.into_request()?;
    let preview = commands::preview(ctx.core(), &ctx.actor, devices, request).await?;
    Ok(Json(preview.into()))
}
