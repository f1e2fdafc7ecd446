//! `GET /api/v1/devices/{id}/lost-mode`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::lost_mode;
use utoipa::ToSchema;

use crate::api::json::id;
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Lost mode, as the device said it last.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct LostMode {
    on: bool,
    began_at: Option<Time>,
    ended_at: Option<Time>,
    /// What its screen says.
    message: Option<String>,
    phone_number: Option<String>,
    footnote: Option<String>,
    /// Types of commands of lost mode that the device has not obeyed yet.
    waiting: Vec<String>,
}

/// Whether a device is in lost mode, what its screen says, and what is on its way to it.
#[utoipa::path(get, path = "/api/v1/devices/{id}/lost-mode", operation_id = "devices_lost_mode_show",
    tag = "lost-mode", params(("id" = String, Path, description = "The device")),
    responses((status = 200, body = LostMode)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<LostMode>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let found = lost_mode::lost_mode(ctx.core(), &ctx.actor, &id).await?;
    Ok(Json(LostMode {
        on: found.on,
        began_at: Time::option(found.began_at),
        ended_at: Time::option(found.ended_at),
        message: found.message,
        phone_number: found.phone_number,
        footnote: found.footnote,
        waiting: found.waiting,
    }))
}
