//! `POST /api/v1/campaigns/{id}/end`.

use axum::Json;
use axum::extract::Path;
use tillsyn_core::campaigns;
use tillsyn_core::ids::CampaignId;

use super::views::Campaign;
use crate::api::json::id;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Ends a campaign before its date, or takes it back while it waits.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/end", operation_id = "campaigns_end",
    tag = "campaigns", params(("id" = String, Path, description = "The campaign")),
    responses((status = 200, body = Campaign)))]
pub(in crate::api) async fn end(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<Campaign>, AppError> {
    let id = id(path, CampaignId::parse, "campaign")?;
    Ok(Json(
        campaigns::end(ctx.core(), &ctx.actor, &id).await?.into(),
    ))
}
