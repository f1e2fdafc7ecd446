//! `POST /api/v1/devices/{id}/reconcile` and `POST /api/v1/profiles/{id}/reconcile`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::{DeviceId, ProfileId};
use tillsyn_core::reconcile::{reconcile_device, reconcile_profile};
use utoipa::ToSchema;

use crate::api::json::{Accepted, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What is looked at anew.
#[derive(Serialize, ToSchema)]
pub(super) struct Asked {
    /// Channels that were asked for their lists, or devices that are looked at.
    asked: usize,
}

/// Asks a device for its profiles now and looks at it anew, also at what it refused for good.
#[utoipa::path(post, path = "/api/v1/devices/{id}/reconcile", operation_id = "devices_reconcile", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 202, body = Asked)))]
pub(super) async fn device(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Accepted<Asked>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let asked = reconcile_device(ctx.core(), &ctx.actor, &id).await?;
    Ok(Accepted(Asked { asked }))
}

/// Tries again on every device that refused a profile.
#[utoipa::path(post, path = "/api/v1/profiles/{id}/reconcile", operation_id = "profiles_reconcile", tag = "profiles",
    params(("id" = String, Path, description = "The profile")), responses((status = 202, body = Asked)))]
pub(super) async fn profile(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Accepted<Asked>, AppError> {
    let id = id(path, ProfileId::parse, "profile")?;
    let asked = reconcile_profile(ctx.core(), &ctx.actor, &id).await?;
    Ok(Accepted(Asked { asked }))
}
