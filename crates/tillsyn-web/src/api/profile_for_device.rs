//! `GET /api/v1/profiles/{id}/versions/{number}/for-device/{device_id}`: what one device would get.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::Permission as P;
use tillsyn_core::ids::{DeviceId, ProfileId};
use tillsyn_core::{Error, profiles};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::guarded::{Needs, guarded};
use crate::auth::RequestContext;
use crate::error::AppError;
use crate::state::AppState;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(guarded(Needs::One(P::ProfilesRead), routes!(show)))
}

/// A version with the values of one device.
#[derive(Serialize, ToSchema)]
struct ProfileForDevice {
    /// A property list, secrets masked. One-time secrets, which are made at delivery, stand as variables.
    plist: String,
    /// Variables that the device has no value for.
    missing: Vec<String>,
}

/// What a device would get of a published version. Needs permission to read devices, too.
#[utoipa::path(get, path = "/api/v1/profiles/{id}/versions/{number}/for-device/{device_id}",
    operation_id = "profile_version_for_device", tag = "profiles",
    params(("id" = String, Path), ("number" = i64, Path), ("device_id" = String, Path)),
    responses((status = 200, body = ProfileForDevice)))]
async fn show(
    ctx: RequestContext,
    Path((id, number, device_id)): Path<(String, String, String)>,
) -> Result<Json<ProfileForDevice>, AppError> {
    let id = ProfileId::parse(&id).ok_or_else(|| Error::not_found("profile"))?;
    // Text that is no number names no version.
    let number = number
        .parse()
        .map_err(|_| Error::not_found("profile version"))?;
    let device = DeviceId::parse(&device_id).ok_or_else(|| Error::not_found("device"))?;
    let shown = profiles::preview_for_device(ctx.core(), &ctx.actor, &id, number, &device).await?;
    Ok(Json(ProfileForDevice {
        plist: shown.plist,
        missing: shown.missing,
    }))
}
