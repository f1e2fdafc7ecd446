//! Accounts as the API shows them.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::accounts::AccountDetail;
use tillsyn_core::ids::{AccountId, ApprovalId};
use utoipa::ToSchema;

use crate::api::time::Time;

/// An administrator, or a service with API tokens.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Account {
    #[schema(format = "uuid")]
    id: String,
    /// `person` or `service`.
    kind: String,
    name: String,
    /// Absent for services.
    email: Option<String>,
    /// `active` or `disabled`.
    status: String,
    role_id: String,
    role_name: String,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    /// The one platform that it reaches; absent reaches all.
    platform: Option<String>,
    /// The person who answers for a service.
    owner_id: Option<String>,
    owner_name: Option<String>,
    /// Whether its role wants a second factor.
    second_factor_needed: bool,
    second_factor: bool,
    /// Whether it has no way to sign in yet: a person opens it with a one-time link.
    unopened: bool,
    /// Good API tokens.
    tokens: i64,
    created_at: Time,
    role_changed_at: Time,
    last_sign_in_at: Option<Time>,
    disabled_at: Option<Time>,
}

impl From<AccountDetail> for Account {
    fn from(view: AccountDetail) -> Self {
        Self {
            id: view.id.to_string(),
            kind: view.kind,
            name: view.name,
            email: view.email,
            status: view.status,
            role_id: view.role_id,
            role_name: view.role_name,
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            platform: view.platform,
            owner_id: view.owner_id.map(|id| id.to_string()),
            owner_name: view.owner_name,
            second_factor_needed: view.second_factor_needed,
            second_factor: view.second_factor,
            unopened: view.unopened,
            tokens: view.tokens,
            created_at: Time(view.created_at),
            role_changed_at: Time(view.role_changed_at),
            last_sign_in_at: Time::option(view.last_sign_in_at),
            disabled_at: Time::option(view.disabled_at),
        }
    }
}

/// What came of a change that the guard may keep for a second person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct AccountOutcome {
    #[schema(format = "uuid")]
    account_id: String,
    /// `done`, or `waiting` for a second person.
    status: &'static str,
    /// What a second person decides on.
    #[schema(format = "uuid")]
    approval_id: Option<String>,
}

impl AccountOutcome {
    /// With the status of what is done at once; 202 for what waits.
    pub(super) fn answer(id: &AccountId, waits: Option<&ApprovalId>, done: StatusCode) -> Response {
        let body = Self {
            account_id: id.to_string(),
            status: if waits.is_some() { "waiting" } else { "done" },
            approval_id: waits.map(ToString::to_string),
        };
        let status = waits.map_or(done, |_| StatusCode::ACCEPTED);
        (status, Json(body)).into_response()
    }
}

/// Why; it goes to the audit trail and to the second person.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountReason {
    pub(super) reason: Option<String>,
}
