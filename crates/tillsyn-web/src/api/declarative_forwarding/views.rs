//! The choice as it is shown.

use serde::Serialize;
use tillsyn_core::nanomdm::ForwardView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// Who answers the declarative management of a device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct DeclarativeForwarding {
    /// The enrollment that it was chosen for; the next one of the device begins without.
    #[schema(format = "uuid")]
    enrollment_id: String,
    url: String,
    /// Whether questions and answers are signed.
    signed: bool,
    /// Kind and id of who chose it.
    set_kind: String,
    set_by: String,
    set_at: Time,
}

impl From<ForwardView> for DeclarativeForwarding {
    fn from(view: ForwardView) -> Self {
        Self {
            enrollment_id: view.enrollment_id,
            url: view.url,
            signed: view.signed,
            set_kind: view.set_kind,
            set_by: view.set_by,
            set_at: Time(view.set_at),
        }
    }
}
