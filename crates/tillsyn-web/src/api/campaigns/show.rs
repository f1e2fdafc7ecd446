//! `GET /api/v1/campaigns/{id}`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::campaigns;
use tillsyn_core::ids::CampaignId;

use super::views::Campaign;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// One campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", operation_id = "campaigns_show", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign")),
    responses((status = 200, body = Campaign)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Campaign>, AppError> {
    let id = id(path, CampaignId::parse, "campaign")?;
    Ok(Json(
        campaigns::find(ctx.core(), &ctx.actor, &id).await?.into(),
    ))
}
