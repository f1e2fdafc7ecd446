//! `POST /api/v1/devices/move`.

use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::devices::move_devices;
use tillsyn_core::ids::{DeviceId, OrgUnitId};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Which devices go where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DevicesMove {
    /// 1 to 1000 devices.
    device_ids: Vec<String>,
    /// The unit that they belong to from now on.
    #[schema(format = "uuid")]
    unit_id: String,
}

/// Moves devices to another organisational unit, all or none. Their enrollments and commands go with them.
#[utoipa::path(post, path = "/api/v1/devices/move", operation_id = "devices_move", tag = "devices",
    request_body = DevicesMove, responses((status = 204)))]
pub(in crate::api) async fn move_to(
    ctx: RequestContext,
    body: Body,
) -> Result<StatusCode, AppError> {
    let body: DevicesMove = body.read().await?;
    let unit =
        OrgUnitId::parse(&body.unit_id).ok_or_else(|| Error::not_found("organisational unit"))?;
    let devices = body
        .device_ids
        .iter()
        .map(|text| DeviceId::parse(text).ok_or_else(|| Error::not_found("device")))
        .collect::<Result<Vec<_>, _>>()?;
    move_devices(ctx.core(), &ctx.actor, devices, &unit).await?;
    Ok(StatusCode::NO_CONTENT)
}
