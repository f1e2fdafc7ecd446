//! `POST /api/v1/device-authorities`.

use serde::{Deserialize, Serialize};
use tillsyn_core::device_authorities::{NewAuthority, add_authority};
use utoipa::ToSchema;

use crate::api::json::{Body, Created};
use crate::auth::RequestContext;
use crate::error::AppError;

/// An authority to trust.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DeviceAuthorityBody {
    name: String,
    /// One certificate in PEM: the authority that signs device certificates itself.
    certificate: String,
    /// Whether its certificates may themselves enroll devices; off unless said.
    #[serde(default)]
    may_enroll: bool,
    /// `corporate` or `personal`.
    #[serde(default = "corporate")]
    ownership: String,
}

fn corporate() -> String {
    "corporate".to_owned()
}

/// The new authority.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AddedAuthority {
    #[schema(format = "uuid")]
    id: String,
}

/// Accepts device certificates of another authority.
#[utoipa::path(post, path = "/api/v1/device-authorities", operation_id = "device_authorities_add",
    tag = "enrollments", request_body = DeviceAuthorityBody,
    responses((status = 201, body = AddedAuthority)))]
pub(in crate::api) async fn add(
    ctx: RequestContext,
    body: Body,
) -> Result<Created<AddedAuthority>, AppError> {
    let body: DeviceAuthorityBody = body.read().await?;
    let new = NewAuthority {
        name: body.name,
        certificate_pem: body.certificate,
        may_enroll: body.may_enroll,
        ownership: body.ownership,
    };
    let id = add_authority(ctx.core(), &ctx.actor, new).await?;
    Ok(Created(AddedAuthority { id: id.to_string() }))
}
