//! The vendor certificate as the API shows it; the key is never among it.

use serde::Serialize;
use tillsyn_core::push::VendorView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// A vendor certificate.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PushVendor {
    subject: String,
    not_after: Time,
    days_left: i64,
    /// `valid`, `expiring` or `expired`.
    status: &'static str,
    created_at: Time,
}

impl From<VendorView> for PushVendor {
    fn from(view: VendorView) -> Self {
        Self {
            subject: view.subject,
            not_after: Time(view.not_after),
            days_left: view.days_left,
            status: view.status,
            created_at: Time(view.created_at),
        }
    }
}
