//! `GET /api/v1/devices/{id}/locations`.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lost_mode;
use utoipa::{IntoParams, ToSchema};

use crate::api::json::id;
use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Where a lost device was.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Location {
    #[schema(format = "uuid")]
    id: String,
    /// Degrees, WGS 84.
    latitude: f64,
    longitude: f64,
    /// Metres; the radius within which it is.
    horizontal_accuracy: Option<f64>,
    vertical_accuracy: Option<f64>,
    /// Metres above the sea.
    altitude: Option<f64>,
    /// Metres per second.
    speed: Option<f64>,
    /// Degrees from north.
    course: Option<f64>,
    /// The device's own time, as it wrote it.
    device_time: Option<String>,
    received_at: Time,
}

impl From<lost_mode::Location> for Location {
    fn from(found: lost_mode::Location) -> Self {
        Self {
            id: found.id,
            latitude: found.latitude,
            longitude: found.longitude,
            horizontal_accuracy: found.horizontal_accuracy,
            vertical_accuracy: found.vertical_accuracy,
            altitude: found.altitude,
            speed: found.speed,
            course: found.course,
            device_time: found.device_time,
            received_at: Time(found.received_at),
        }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct LocationParams {
    /// The `next` of the page before; without it, the first page.
    after: Option<String>,
    /// Rows of the page, 1 to 1000; 50 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// Where a device was while it was lost, newest first; kept for seven days.
#[utoipa::path(get, path = "/api/v1/devices/{id}/locations", operation_id = "devices_locations_list",
    tag = "lost-mode", params(("id" = String, Path, description = "The device"), LocationParams),
    responses((status = 200, body = Page<Location>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    path: Path<String>,
    Params(params): Params<LocationParams>,
) -> Result<Json<Page<Location>>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let after = params.after.as_deref();
    let (core, actor) = (ctx.core(), &ctx.actor);
    let page = lost_mode::list_locations(core, actor, &id, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
