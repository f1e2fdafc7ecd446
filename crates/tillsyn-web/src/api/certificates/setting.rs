//! `GET` and `PUT /api/v1/device-identity`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::Error;
use tillsyn_core::certificates::{self, IdentityMethod};
use utoipa::ToSchema;

use crate::api::json::Body;
use crate::auth::RequestContext;
use crate::error::AppError;

/// How devices get their identity certificate.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct DeviceIdentity {
    /// `scep`; `acme_attested_when_able`: ACME with Apple's attestation where the device can, else SCEP;
    /// `acme`: the same, and ACME without an attestation where the hardware keeps the key.
    method: String,
    /// Whether a key may be certified without Apple's word for it.
    allow_unattested: bool,
    /// Offer and take SHA-1 digests and 3DES, which older SCEP clients need.
    scep_legacy: bool,
    /// Name the revocation list in new certificates.
    crl_in_certificates: bool,
}

/// How devices get their identity.
#[utoipa::path(get, path = "/api/v1/device-identity", operation_id = "device_identity_show",
    tag = "certificates", responses((status = 200, body = DeviceIdentity)))]
pub(in crate::api) async fn show(ctx: RequestContext) -> Result<Json<DeviceIdentity>, AppError> {
    let setting = certificates::device_identity(ctx.core()).await?;
    Ok(Json(DeviceIdentity {
        method: setting.method.as_str().to_owned(),
        allow_unattested: setting.allow_unattested,
        scep_legacy: setting.scep_legacy,
        crl_in_certificates: setting.crl_in_certificates,
    }))
}

/// Changes how devices get their identity. Certificates that exist stay as they are until renewed.
#[utoipa::path(put, path = "/api/v1/device-identity", operation_id = "device_identity_change",
    tag = "certificates", request_body = DeviceIdentity,
    responses((status = 200, body = DeviceIdentity)))]
pub(in crate::api) async fn change(
    ctx: RequestContext,
    body: Body,
) -> Result<Json<DeviceIdentity>, AppError> {
    let body: DeviceIdentity = body.read().await?;
    let method = IdentityMethod::parse(&body.method).ok_or_else(|| {
        Error::invalid(
            "method",
            "method",
            "The method is scep, acme_attested_when_able or acme.",
        )
    })?;
    let setting = certificates::DeviceIdentity {
        method,
        allow_unattested: body.allow_unattested,
        scep_legacy: body.scep_legacy,
        crl_in_certificates: body.crl_in_certificates,
    };
    certificates::set_device_identity(ctx.core(), &ctx.actor, setting).await?;
    show(ctx).await
}
