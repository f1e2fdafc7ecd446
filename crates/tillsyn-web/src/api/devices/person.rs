//! `PUT /api/v1/devices/{id}/person`.

use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use tillsyn_core::devices::reach;
use tillsyn_core::ids::{DeviceId, PersonId};
use tillsyn_core::people::set_device_person;
use utoipa::ToSchema;

use crate::api::json::{Body, id, option};
use crate::auth::RequestContext;
use crate::error::AppError;

/// Whose a device is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DevicePerson {
    /// `null` takes it from whoever has it.
    #[schema(format = "uuid")]
    person_id: Option<String>,
}

/// Gives a device to a person, or takes it from whoever has it.
#[utoipa::path(put, path = "/api/v1/devices/{id}/person", operation_id = "devices_person", tag = "devices",
    params(("id" = String, Path, description = "The device")), request_body = DevicePerson,
    responses((status = 204)))]
pub(in crate::api) async fn set(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, AppError> {
    let id = id(path, DeviceId::parse, "device")?;
    reach(ctx.core(), &ctx.actor, &id).await?;
    let body: DevicePerson = body.read().await?;
    let person = option(body.person_id, PersonId::parse, "person")?;
    set_device_person(ctx.core(), &ctx.actor, &id, person.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
