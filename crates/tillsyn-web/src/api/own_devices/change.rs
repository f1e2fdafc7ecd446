//! `PUT /api/v1/settings/own-devices`.

use axum::Json;
use tillsyn_core::onboarding;

use super::show::{self, OwnDevices};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// Changes whether people bring devices in by themselves.
#[utoipa::path(put, path = "/api/v1/settings/own-devices", operation_id = "own_devices_change", tag = "organisation",
    request_body = OwnDevices, responses((status = 200, body = OwnDevices)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<OwnDevices>, AppError> {
    let body: OwnDevices = body.read().await?;
    let setting = body.setting()?;
    onboarding::set_own_devices(ctx.core(), &ctx.actor, setting).await?;
    show::show(ctx).await
}
