//! Push certificates as the API shows them; the key is never among it.

use serde::Serialize;
use tillsyn_core::push::PushTopicView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// A push certificate on record.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushCertificate {
    #[schema(format = "uuid")]
    id: String,
    topic: String,
    serial_number: String,
    subject: String,
    /// The account at Apple with which it is renewed.
    vendor_account: Option<String>,
    note: Option<String>,
    not_after: Time,
    days_left: i64,
    /// `valid`, `expiring` or `expired`.
    status: &'static str,
    /// Why APNs refuses it, when it does.
    stopped_reason: Option<String>,
    /// Active enrollments that depend on it.
    devices: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<PushTopicView> for PushCertificate {
    fn from(view: PushTopicView) -> Self {
        Self {
            id: view.id.to_string(),
            topic: view.topic,
            serial_number: view.serial_number,
            subject: view.subject,
            vendor_account: view.vendor_account,
            note: view.note,
            not_after: Time(view.not_after),
            days_left: view.days_left,
            status: view.status,
            stopped_reason: view.stopped_reason,
            devices: view.devices,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}
