//! `GET /api/v1/devices/{id}/fact-changes`.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::inventory;
use utoipa::{IntoParams, ToSchema};

use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ChangeParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// A fact that became another.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct FactChange {
    name: String,
    #[schema(value_type = Value)]
    old_value: Value,
    #[schema(value_type = Value)]
    new_value: Value,
    /// The query or message that said it.
    source: String,
    at: Time,
}

impl From<inventory::FactChange> for FactChange {
    fn from(change: inventory::FactChange) -> Self {
        Self {
            name: change.name,
            old_value: change.old_value,
            new_value: change.new_value,
            source: change.source,
            at: Time(change.at),
        }
    }
}

/// What changed on a device, newest first. Values that move all day, like the battery's, are left out.
#[utoipa::path(get, path = "/api/v1/devices/{id}/fact-changes", operation_id = "devices_fact_changes", tag = "devices",
    params(("id" = String, Path, description = "The device"), ChangeParams),
    responses((status = 200, body = Page<FactChange>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<ChangeParams>,
) -> Result<Json<Page<FactChange>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let after = params.after.as_deref();
    let page = inventory::fact_changes(ctx.core(), &ctx.actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
