//! Invitations as the API shows them; the link is never among it.

use serde::Serialize;
use tillsyn_core::invitations::InvitationView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// An invitation to enroll.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Invitation {
    #[schema(format = "uuid")]
    id: String,
    label: String,
    person_id: Option<String>,
    person_name: Option<String>,
    person_email: Option<String>,
    /// `corporate` or `personal`.
    ownership: String,
    /// `en`, `sv` or `ja`.
    language: Option<String>,
    /// `open`, `used`, `expired` or `revoked`.
    status: &'static str,
    has_pin: bool,
    /// The PIN was mistyped too often; renew it.
    pin_locked: bool,
    uses: i64,
    uses_allowed: i64,
    may_replace: bool,
    attempts: i64,
    created_at: Time,
    expires_at: Time,
}

impl From<InvitationView> for Invitation {
    fn from(view: InvitationView) -> Self {
        Self {
            id: view.id.to_string(),
            label: view.label,
            person_id: view.person_id.map(|id| id.to_string()),
            person_name: view.person_name,
            person_email: view.person_email,
            ownership: view.ownership,
            language: view.language,
            status: view.status,
            has_pin: view.has_pin,
            pin_locked: view.pin_locked,
            uses: view.uses,
            uses_allowed: view.uses_allowed,
            may_replace: view.may_replace,
            attempts: view.attempts,
            created_at: Time(view.created_at),
            expires_at: Time(view.expires_at),
        }
    }
}
