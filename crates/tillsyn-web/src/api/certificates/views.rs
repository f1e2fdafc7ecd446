//! Device certificates as the API shows them.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::certificates::CertificateView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// The identity certificate of a device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Certificate {
    #[schema(format = "uuid")]
    id: String,
    serial_number: String,
    sha256: String,
    /// `scep`, `acme` or `acme_attested`.
    method: String,
    /// `enrollment` or `renewal`.
    purpose: String,
    /// `valid`, `renewing`, `expiring`, `expired` or `revoked`.
    status: &'static str,
    /// Whether the device's enrollment is pinned to it.
    in_use: bool,
    enrollment_id: Option<String>,
    attempt_id: Option<String>,
    device_id: Option<String>,
    device_name: Option<String>,
    /// What Apple attested of the device; a property that is missing was not told.
    #[schema(value_type = Option<Object>)]
    attested: Option<Json>,
    /// Address of the request.
    address: Option<String>,
    not_before: Time,
    not_after: Time,
    created_at: Time,
    revoked_at: Option<Time>,
    /// `renewed`, `enrollment_ended` or `administrator`.
    revoke_reason: Option<String>,
    /// Until when it is admitted beside its successor.
    revoke_after: Option<Time>,
    /// When the device is asked to renew it.
    renew_at: Option<Time>,
    renewal_asked_at: Option<Time>,
    renewal_tries: i64,
    /// `refused`, `not_used`, `not_fetched`, `not_fetched_in_time` or `not_asked`.
    renewal_problem: Option<String>,
}

impl From<CertificateView> for Certificate {
    fn from(view: CertificateView) -> Self {
        Self {
            id: view.id.to_string(),
            serial_number: view.serial_number,
            sha256: view.sha256,
            method: view.method,
            purpose: view.purpose,
            status: view.status.as_str(),
            in_use: view.in_use,
            enrollment_id: view.enrollment_id.map(|id| id.to_string()),
            attempt_id: view.attempt_id.map(|id| id.to_string()),
            device_id: view.device_id.map(|id| id.to_string()),
            device_name: view.device_name,
            attested: view.attested,
            address: view.address,
            not_before: Time(view.not_before),
            not_after: Time(view.not_after),
            created_at: Time(view.created_at),
            revoked_at: Time::option(view.revoked_at),
            revoke_reason: view.revoke_reason,
            revoke_after: Time::option(view.revoke_after),
            renew_at: Time::option(view.renew_at),
            renewal_asked_at: Time::option(view.renewal_asked_at),
            renewal_tries: view.renewal_tries,
            renewal_problem: view.renewal_problem,
        }
    }
}
