//! `GET` and `PUT /api/v1/apple-settings`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::settings::{self, AppleDevices};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How Apple devices are answered.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AppleSettings {
    /// Whether network users of a Mac are managed when they log in.
    manage_network_users: bool,
    /// Whether a device that asks after an erase comes back by itself (return to service).
    return_to_service: bool,
}

/// How Apple devices are answered.
#[utoipa::path(get, path = "/api/v1/apple-settings", operation_id = "apple_settings_show",
    tag = "enrollments", responses((status = 200, body = AppleSettings)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<AppleSettings>, AppError> {
    let found = settings::apple_devices(ctx.core(), &ctx.actor).await?;
    Ok(Json(AppleSettings {
        manage_network_users: found.manage_network_users,
        return_to_service: found.return_to_service,
    }))
}

/// Changes how Apple devices are answered.
#[utoipa::path(put, path = "/api/v1/apple-settings", operation_id = "apple_settings_change",
    tag = "enrollments", request_body = AppleSettings, responses((status = 200, body = AppleSettings)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<AppleSettings>, AppError> {
    let body: AppleSettings = body.read().await?;
    let new = AppleDevices {
        manage_network_users: body.manage_network_users,
        return_to_service: body.return_to_service,
    };
    settings::set_apple_devices(ctx.core(), &ctx.actor, new).await?;
    show(ctx).await
}
