//! `POST /api/v1/certificates/{id}/revoke`.

use axum::Json;
use axum::extract::Path;
use serde::{Deserialize, Serialize};
use tillsyn_core::certificates::{self, Consequence, Revocation};
use tillsyn_core::ids::CertificateId;
use utoipa::ToSchema;

use crate::api::json::{Body, id};
use crate::auth::RequestContext;
use crate::error::AppError;

/// The proof that it is meant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RevokeBody {
    /// For the audit trail.
    reason: Option<String>,
    /// The device's name, exactly.
    confirm: Option<String>,
}

/// What follows.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Revoked {
    /// `device_lost`: it cannot check in any more and has to be enrolled again. `enrollment_stops`: a
    /// device that has not begun cannot begin with it. `nothing`: another certificate is in use.
    consequence: &'static str,
}

/// Revokes a device certificate for good.
#[utoipa::path(post, path = "/api/v1/certificates/{id}/revoke", operation_id = "certificates_revoke",
    tag = "certificates", params(("id" = String, Path, description = "The certificate")),
    request_body = RevokeBody, responses((status = 200, body = Revoked)))]
pub(in crate::api) async fn revoke(
    ctx: RequestContext,
    path: Path<String>,
    body: Body,
) -> Result<Json<Revoked>, AppError> {
    let id = id(path, CertificateId::parse, "certificate")?;
    certificates::consequence(ctx.core(), &ctx.actor, &id).await?;
    let body: RevokeBody = body.read().await?;
    let revocation = Revocation {
        reason: body.reason,
        confirm: body.confirm,
    };
    let consequence = certificates::revoke(ctx.core(), &ctx.actor, &id, revocation).await?;
    Ok(Json(Revoked {
        consequence: match consequence {
            Consequence::DeviceLost => "device_lost",
            Consequence::EnrollmentStops => "enrollment_stops",
            Consequence::Nothing => "nothing",
        },
    }))
}
