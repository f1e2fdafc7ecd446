//! `POST /api/v1/devices/{id}/refresh`.

use axum::extract::Path;
use serde::Serialize;
use tillsyn_core::commands::{Confirmation, NewCommand, Request, enqueue};
use tillsyn_core::ids::DeviceId;
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

/// Asks a device for its information, security state and profiles. Queries that wait already are not
/// doubled.
#[utoipa::path(post, path = "/api/v1/devices/{id}/refresh", operation_id = "devices_refresh", tag = "devices",
    params(("id" = String, Path, description = "The device")), responses((status = 202, body = Refreshed)))]
pub(in crate::api) async fn refresh(
    ctx: RequestContext,
    path: Path<String>,
) -> Result<Accepted<Refreshed>, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    let mut batches = Vec::new();
    for request in [
        Request::DeviceInformation {},
        Request::SecurityInfo {},
        Request::ProfileList {},
    ] {
        let new = NewCommand {
            devices: vec![id.clone()],
            request,
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
        };
        batches.push(enqueue(ctx.core(), &ctx.actor, new).await?.into());
    }
    Ok(Accepted(Refreshed { batches }))
}
