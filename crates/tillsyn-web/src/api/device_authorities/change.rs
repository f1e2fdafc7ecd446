//! `PUT /api/v1/device-authorities/{id}`.

use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::Error;
use tillsyn_core::device_authorities::{change_authority, list_authorities};
use tillsyn_core::ids::DeviceAuthorityId;
use utoipa::ToSchema;

use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// What may change of a trusted authority.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DeviceAuthorityChange {
    /// Whether its certificates may themselves enroll devices.
    may_enroll: bool,
}

/// Says whether certificates of this authority may enroll devices.
#[utoipa::path(put, path = "/api/v1/device-authorities/{id}", operation_id = "device_authorities_change",
    tag = "enrollments", params(("id" = String, Path, description = "The authority")),
    request_body = DeviceAuthorityChange, responses((status = 204)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, DeviceAuthorityId::parse, "authority")?;
    let known = list_authorities(ctx.core(), &ctx.actor).await?;
    if !known.iter().any(|authority| authority.id == id) {
        return Err(Error::not_found("authority").into());
    }
    let body: DeviceAuthorityChange = body.read().await?;
    change_authority(ctx.core(), &ctx.actor, &id, body.may_enroll).await?;
    Ok(StatusCode::NO_CONTENT)
}
