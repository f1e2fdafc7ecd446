//! Roles as the API shows them.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsyn_core::ids::ApprovalId;
use tillsyn_core::roles::{RoleEdit, RoleView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// What accounts may.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Role {
    /// The word of a built-in role (`owner`, `administrator`, `help_desk`, `auditor`, `read_only`), else a UUID.
    id: String,
    name: String,
    note: String,
    built_in: bool,
    /// Where an own role belongs; it can be given there and below.
    unit_id: Option<String>,
    /// Absent where it lies above what the token reaches.
    unit_name: Option<String>,
    permissions: Vec<&'static str>,
    /// Whether its accounts must have a second factor.
    second_factor: bool,
    /// Active accounts that have it, within what the token reaches.
    accounts: i64,
    created_at: Time,
    changed_at: Time,
}

impl From<RoleView> for Role {
    fn from(view: RoleView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            note: view.note,
            built_in: view.built_in,
            unit_id: view.unit_id,
            unit_name: view.unit_name,
            permissions: view.permissions,
            second_factor: view.second_factor,
            accounts: view.accounts,
            created_at: Time(view.created_at),
            changed_at: Time(view.changed_at),
        }
    }
}

/// What is asked of a role; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct RoleBody {
    name: Option<String>,
    note: Option<String>,
    /// Names as `GET /api/v1/permissions` lists them; only those that the token's account holds itself.
    permissions: Option<Vec<String>>,
    /// Whether its accounts must have a second factor. Needs `sign_in.write`.
    second_factor: Option<bool>,
    /// Of a new role: where it belongs; the top of what the token reaches when absent.
    #[schema(format = "uuid")]
    pub(super) unit_id: Option<String>,
    /// Why; it goes to the audit trail and to the second person.
    pub(super) reason: Option<String>,
}

impl RoleBody {
    pub(super) fn edit(self) -> RoleEdit {
        RoleEdit {
            name: self.name,
            note: self.note,
            permissions: self.permissions,
            second_factor: self.second_factor,
        }
    }
}

/// What came of a change that the guard may keep for a second person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RoleOutcome {
    role_id: String,
    /// `done`, or `waiting` for a second person.
    status: &'static str,
    /// What a second person decides on.
    #[schema(format = "uuid")]
    approval_id: Option<String>,
}

impl RoleOutcome {
    pub(super) fn answer(id: &str, waits: Option<&ApprovalId>, done: StatusCode) -> Response {
        let body = Self {
            role_id: id.to_owned(),
            status: if waits.is_some() { "waiting" } else { "done" },
            approval_id: waits.map(ToString::to_string),
        };
        let status = waits.map_or(done, |_| StatusCode::ACCEPTED);
        (status, Json(body)).into_response()
    }
}
