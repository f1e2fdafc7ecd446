//! `GET /api/v1/campaigns/{id}/devices`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::campaigns;
use tillsyn_core::ids::CampaignId;

use super::list::CampaignParams;
use super::views::CampaignDevice;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The devices of a campaign, and which of them were used.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}/devices", operation_id = "campaigns_devices",
    tag = "campaigns", params(("id" = String, Path, description = "The campaign"), CampaignParams),
    responses((status = 200, body = Page<CampaignDevice>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<CampaignParams>,
) -> Result<Json<Page<CampaignDevice>>, AppError> {
    let id = id(path, CampaignId::parse, "campaign")?;
    let after = params.after.as_deref();
    let page = campaigns::targets(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
