//! `POST /api/v1/devices/{id}/refresh`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::ids::DeviceId;
use tillsyn_core::inventory::refresh as refresh_device;
use utoipa::ToSchema;

use crate::api::commands::views::Enqueued;
use crate::api::json::{Accepted, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The queries that were put.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Refreshed {
    batches: Vec<Enqueued>,
}

/// Asks a device for everything it can tell: information, security state, profiles, certificates, apps, users,
/// updates. Queries that wait already are not doubled.
#[utoipa::path(post, path = "/api/v1/devices/{id}/refresh", operation_id = "devices_refresh", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 202, body = Refreshed)))]
pub(in crate::api) async fn refresh(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Accepted<Refreshed>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let put = refresh_device(ctx.core(), &ctx.actor, &id).await?;
    let batches = put.into_iter().map(Into::into).collect();
    Ok(Accepted(Refreshed { batches }))
}
