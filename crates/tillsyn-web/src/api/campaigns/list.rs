//! `GET /api/v1/campaigns`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::campaigns;
use utoipa::IntoParams;

use super::views::Campaign;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct CampaignParams {
    /// The `next` of the page before; without it, the first page.
    pub(super) after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    pub(super) limit: Option<i64>,
}

/// The campaigns of the token's scope, newest first.
#[utoipa::path(get, path = "/api/v1/campaigns", operation_id = "campaigns_list", tag = "campaigns",
    params(CampaignParams), responses((status = 200, body = Page<Campaign>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<CampaignParams>,
) -> Result<Json<Page<Campaign>>, AppError> {
    let after = params.after.as_deref();
    let page = campaigns::list_campaigns(ctx.core(), &ctx.actor, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
