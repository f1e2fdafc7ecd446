//! `/api/v1/units/{id}/own-devices`.

use axum::Json;
use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::guard::unit_there;
use tillsyn_core::ids::OrgUnitId;
use tillsyn_core::onboarding::{self, OwnDevicesView};
use utoipa::ToSchema;

use super::show::OwnDevices;
use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What a unit says about devices that people bring in by themselves, and what holds there.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct UnitOwnDevices {
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    /// `null` for what is as above it.
    own: Option<OwnDevices>,
    effective: OwnDevices,
}

impl From<OwnDevicesView> for UnitOwnDevices {
    fn from(view: OwnDevicesView) -> Self {
        Self {
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            own: view.own.map(Into::into),
            effective: view.effective.into(),
        }
    }
}

/// Whether people of a unit bring devices in by themselves.
#[utoipa::path(get, path = "/api/v1/units/{id}/own-devices", operation_id = "own_devices_show_unit",
    tag = "organisation", params(("id" = String, Path)), responses((status = 200, body = UnitOwnDevices)))]
pub(in crate::api) async fn show(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<UnitOwnDevices>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let view = onboarding::unit_own_devices(ctx.core(), &ctx.actor, Some(&id)).await?;
    Ok(Json(view.into()))
}

/// Says it for a unit and everything below it.
#[utoipa::path(put, path = "/api/v1/units/{id}/own-devices", operation_id = "own_devices_change_unit",
    tag = "organisation", params(("id" = String, Path)), request_body = OwnDevices,
    responses((status = 200, body = UnitOwnDevices)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<UnitOwnDevices>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    unit_there(ctx.core(), &ctx.actor, &id).await?;
    let body: OwnDevices = body.read().await?;
    let setting = Some(body.setting()?);
    let view = onboarding::set_unit_own_devices(ctx.core(), &ctx.actor, &id, setting).await?;
    Ok(Json(view.into()))
}

/// Takes away what a unit says: what is above it counts.
#[utoipa::path(delete, path = "/api/v1/units/{id}/own-devices", operation_id = "own_devices_clear_unit",
    tag = "organisation", params(("id" = String, Path)), responses((status = 200, body = UnitOwnDevices)))]
pub(in crate::api) async fn clear(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Json<UnitOwnDevices>, AppError> {
    let id = id(path, OrgUnitId::parse, "organisational unit")?;
    let view = onboarding::set_unit_own_devices(ctx.core(), &ctx.actor, &id, None).await?;
    Ok(Json(view.into()))
}
