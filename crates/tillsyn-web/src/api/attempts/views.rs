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
    /// A page asks the person to agree before there is a profile; a program in their place is not asked.
    asks_consent: bool,
    /// They agreed.
    consented: bool,
    /// What they agreed to; only of one attempt, not in lists.
    consent: Option<Consent>,
    steps: Vec<Step>,
}

/// What a person agreed to.
#[derive(Serialize, ToSchema)]
struct Consent {
    at: Time,
    /// SHA-256 over language and text of the terms that were shown, as a unit's branding names them; none where
    /// the unit had none.
    terms_sha256: Option<String>,
    terms_text: Option<String>,
    /// The lines that were shown, by list: `set_up`, `required`, `may`, `seen`, `never`.
    #[schema(value_type = Object)]
    ledger: serde_json::Value,
    ownership: String,
    platform: Option<String>,
    /// The kind of enrollment that was agreed to.
    enrollment_type: String,
    language: String,
    address: Option<String>,
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
        let consent = view.consent.map(|consent| Consent {
            at: Time(consent.at),
            terms_sha256: consent.terms_sha256,
            terms_text: consent.terms_text,
            ledger: consent.ledger,
            ownership: consent.ownership,
            platform: consent.platform,
            enrollment_type: consent.enrollment_type,
            language: consent.language,
            address: consent.address,
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
            asks_consent: view.asks_consent,
            consented: view.consented,
            consent,
            steps: steps.collect(),
        }
    }
}
