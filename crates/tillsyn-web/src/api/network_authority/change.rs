//! `PUT /api/v1/network-authority`.

use axum::Json;
use serde::Deserialize;
use tillsyn_core::credentials::{self, NetworkCertificates};
use utoipa::ToSchema;

use super::show::{self, NetworkAuthority};
use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// What may be changed of the network authority.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeNetworkAuthority {
    /// Life of new certificates in days, 7 to 398.
    days: u32,
}

/// Changes how long new certificates live; those that exist stay as they are until renewed.
#[utoipa::path(put, path = "/api/v1/network-authority", operation_id = "network_authority_change",
    tag = "certificates", request_body = ChangeNetworkAuthority,
    responses((status = 200, body = NetworkAuthority)))]
pub(super) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<NetworkAuthority>, AppError> {
    let body: ChangeNetworkAuthority = body.read().await?;
    let setting = NetworkCertificates { days: body.days };
    credentials::set_network_certificates(ctx.core(), &ctx.actor, setting).await?;
    show::show(ctx).await
}
