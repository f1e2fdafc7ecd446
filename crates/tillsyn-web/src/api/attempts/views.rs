//! Attempts as the API shows them.

use serde::Serialize;
use tillsyn_core::invitations::AttemptView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// One attempt to enroll, with its steps.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Attempt {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    invitation_id: String,
    invitation_label: String,
    platform: Option<String>,
    /// `created`, `opened`, `signed_in`, `profile_fetched`, `certificate_issued`, `authenticated`,
    /// `enrolled`, `ready`, `failed`, `expired` or `superseded`.
    status: String,
    /// The step at which it failed.
    failed_step: Option<String>,
    /// Why, as a stable code.
    cause: Option<String>,
    device_id: Option<String>,
    ownership: String,
    created_at: Time,
    updated_at: Time,
    expires_at: Time,
    profile_expires_at: Option<Time>,
    steps: Vec<Step>,
}

/// One step.
#[derive(Serialize, ToSchema)]
struct Step {
    at: Time,
    step: String,
    cause: Option<String>,
    address: Option<String>,
}

impl From<AttemptView> for Attempt {
    fn from(view: AttemptView) -> Self {
        let steps = view.steps.into_iter().map(|step| Step {
            at: Time(step.at),
            step: step.step,
            cause: step.cause,
            address: step.address,
        });
        Self {
            id: view.id.to_string(),
            invitation_id: view.invitation_id.to_string(),
            invitation_label: view.invitation_label,
            platform: view.platform,
            status: view.status,
            failed_step: view.failed_step,
            cause: view.cause,
            device_id: view.device_id.map(|id| id.to_string()),
            ownership: view.ownership,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
            expires_at: Time(view.expires_at),
            profile_expires_at: Time::option(view.profile_expires_at),
            steps: steps.collect(),
        }
    }
}
