//! `GET /api/v1/network-authority`.

use axum::Json;
use serde::Serialize;
use tillsyn_core::credentials;
use utoipa::ToSchema;

use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

/// The authority of certificates for Wi-Fi, VPN and mail: what a RADIUS server has to trust.
#[derive(Serialize, ToSchema)]
pub(super) struct NetworkAuthority {
    /// Its root certificate, PEM.
    certificate: String,
    /// SHA-256 of the certificate in DER, in hex.
    sha256: String,
    subject: String,
    not_after: Time,
    /// Where profiles send their requests: `{{credential.scep_url}}` in a SCEP payload.
    scep_url: String,
    /// Its revocation list.
    crl_url: String,
    /// Life of new certificates in days. They are renewed when two thirds of it are over.
    days: u32,
}

/// The authority, for servers that check its certificates.
#[utoipa::path(get, path = "/api/v1/network-authority", operation_id = "network_authority_show",
    tag = "certificates", responses((status = 200, body = NetworkAuthority)))]
pub(super) async fn show(ctx: RequestContext) -> Result<Json<NetworkAuthority>, AppError> {
    let authority = credentials::network_authority(ctx.core(), &ctx.actor).await?;
    Ok(Json(NetworkAuthority {
        certificate: authority.certificate,
        sha256: authority.sha256,
        subject: authority.subject,
        not_after: Time(authority.not_after),
        scep_url: authority.scep_url,
        crl_url: authority.crl_url,
        days: authority.days,
    }))
}
