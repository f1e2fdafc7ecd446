//! `GET /api/v1/webhooks/{id}/deliveries`.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use tillsyn_core::ids::WebhookId;
use tillsyn_core::webhooks::list_deliveries;
use utoipa::IntoParams;

use super::views::WebhookDelivery;
use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct WebhookDeliveryParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// What was sent in the last 30 days, newest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "webhooks_deliveries",
    tag = "webhooks", params(("id" = String, Path, description = "The webhook"), WebhookDeliveryParams),
    responses((status = 200, body = Page<WebhookDelivery>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<WebhookDeliveryParams>,
) -> Result<Json<Page<WebhookDelivery>>, AppError> {
    let id = id(path, WebhookId::parse, "webhook")?;
    let after = params.after.as_deref();
    let page = list_deliveries(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
