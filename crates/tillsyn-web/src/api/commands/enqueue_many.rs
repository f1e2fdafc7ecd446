//! `POST /api/v1/commands`.

use serde::Deserialize;
use tillsyn_core::commands::{Confirmation, NewCommand, enqueue_in_campaign, enqueue_on};
use tillsyn_core::ids::CampaignId;
use utoipa::ToSchema;

use super::body::{Command, channel, device_ids};
use super::views::Enqueued;
use crate::api::json::{Body, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// One command for a set of devices: all of them or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CommandsBody {
    /// 1 to 1000 ids.
    #[schema(min_items = 1, max_items = 1000)]
    devices: Vec<String>,
    command: Command,
    /// `device` (the default), `user:<id>` for one user of it, or `users` for all of them.
    channel: Option<String>,
    /// For the audit trail; needed for slow acts such as erase and retire.
    reason: Option<String>,
    /// What the preview's `confirm_with` says; needed for slow acts such as erase and retire.
    confirm: Option<String>,
    /// From the preview; needed for slow acts such as erase and retire of more than one device.
    targets_digest: Option<String>,
    /// The campaign that all of these devices are in; outside of its list and dates it is refused.
    #[schema(format = "uuid")]
    campaign_id: Option<String>,
}

/// Queues a command for a set of devices.
#[utoipa::path(post, path = "/api/v1/commands", operation_id = "commands_create", tag = "commands",
    request_body = CommandsBody, responses((status = 202, body = Enqueued)))]
pub(in crate::api) async fn create(ctx: RequestContext, body: Body) -> Result<Enqueued, AppError> {
    let body: CommandsBody = body.read().await?;
    let devices = device_ids(&body.devices)?;
    let channel = channel(body.channel.as_deref())?;
    let (request, profile) = body.command.into_request()?;
    let new = NewCommand {
        devices,
        request,
        profile,
        reason: body.reason,
        confirmation: Confirmation {
            typed: body.confirm,
            targets_digest: body.targets_digest,
        },
    };
    let campaign = option(body.campaign_id, CampaignId::parse, "campaign")?;
    let made = match campaign {
        Some(campaign) => enqueue_in_campaign(ctx.core(), &ctx.actor, new, campaign).await?,
        None => enqueue_on(ctx.core(), &ctx.actor, new, channel).await?,
    };
    Ok(made.into())
}
