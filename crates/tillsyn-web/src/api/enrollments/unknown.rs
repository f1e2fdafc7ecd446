//! `GET /api/v1/enrollments/unknown`.

use axum::Json;
use serde::{Deserialize, Serialize};
use tillsyn_core::unknown_senders::{self, UnknownSender};
use utoipa::{IntoParams, ToSchema};

use crate::api::paging::{Page, Params};
use crate::api::time::Time;
use crate::auth::RequestContext;
use crate::error::AppError;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct UnknownParams {
    after: Option<String>,
    limit: Option<i64>,
}

/// A device with a certificate of this server that it does not know: it enrolled after the backup that was
/// restored. What it says of itself is its claim.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Unknown {
    certificate_sha256: String,
    udid: Option<String>,
    /// Of User Enrollment.
    enrollment_id: Option<String>,
    /// It has named different devices: it is never taken in.
    contradicts: bool,
    /// How many other certificates say that they are the same device.
    rivals: i64,
    /// The device that had this UDID before.
    device_id: Option<String>,
    device_name: Option<String>,
    /// That device is enrolled with another certificate.
    enrolled_otherwise: bool,
    /// Of the first message.
    address: Option<String>,
    times: i64,
    first_at: Time,
    last_at: Time,
}

impl From<UnknownSender> for Unknown {
    fn from(found: UnknownSender) -> Self {
        Self {
            certificate_sha256: found.certificate_sha256,
            udid: found.udid,
            enrollment_id: found.enrollment_id,
            contradicts: found.contradicts,
            rivals: found.rivals,
            device_id: found.device_id,
            device_name: found.device_name,
            enrolled_otherwise: found.enrolled_otherwise,
            address: found.address,
            times: found.times,
            first_at: Time(found.first_at),
            last_at: Time(found.last_at),
        }
    }
}

/// Devices that knock and that a restore does not know, by certificate.
#[utoipa::path(get, path = "/api/v1/enrollments/unknown", operation_id = "enrollments_unknown",
    tag = "enrollments", params(UnknownParams), responses((status = 200, body = Page<Unknown>)))]
pub(in crate::api) async fn list(
    ctx: RequestContext,
    Params(params): Params<UnknownParams>,
) -> Result<Json<Page<Unknown>>, AppError> {
    let after = params.after.as_deref();
    let page =
        unknown_senders::list_unknown(ctx.core(), &ctx.actor, None, after, params.limit).await?;
    Ok(Json(Page::of(page)))
}
