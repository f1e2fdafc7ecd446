//! `POST /api/v1/campaigns`.

use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::campaigns::{self, NewCampaign};
use tillsyn_core::commands::Act;
use tillsyn_core::ids::DeviceId;
use utoipa::ToSchema;

use super::views::Campaign;
use crate::api::json::{Body, Created};
use crate::api::time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// A campaign to be agreed on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewCampaignBody {
    name: String,
    /// `erase` or `retire`.
    act: String,
    /// For the audit trail and the second person.
    reason: String,
    /// 1 to 10,000 ids.
    #[schema(min_items = 1, max_items = 10000)]
    devices: Vec<String>,
    #[schema(format = DateTime)]
    starts_at: String,
    #[schema(format = DateTime)]
    ends_at: String,
    /// The exact number of devices.
    confirm: String,
}

/// Asks for a campaign; a second person approves it in the console.
#[utoipa::path(post, path = "/api/v1/campaigns", operation_id = "campaigns_create", tag = "campaigns",
    request_body = NewCampaignBody, responses((status = 201, body = Campaign)))]
pub(in crate::api) async fn create(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<Campaign>, AppError> {
    let body: NewCampaignBody = body.read().await?;
    let act = Act::parse(&body.act)
        .ok_or_else(|| Error::invalid("act", "campaign_act", "A campaign erases or retires."))?;
    let devices = body.devices.iter();
    let devices = devices.map(|id| DeviceId::parse(id).ok_or_else(|| Error::not_found("device")));
    let new = NewCampaign {
        devices: devices.collect::<Result<_, _>>()?,
        name: body.name,
        act,
        reason: body.reason,
        starts_at: time::parse(&body.starts_at)?,
        ends_at: time::parse(&body.ends_at)?,
        confirm: Some(body.confirm),
    };
    let made = campaigns::create(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(made.into()))
}
