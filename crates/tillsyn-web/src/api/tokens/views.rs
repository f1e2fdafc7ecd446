//! Tokens as the API shows them.

use serde::Serialize;
use tillsyn_core::tokens::TokenView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// An API token; its value is never seen again.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Token {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    permissions: Vec<String>,
    #[schema(format = "uuid")]
    account_id: String,
    account_name: String,
    /// `person` or `service`.
    account_kind: String,
    /// The smaller unit that it is limited to.
    unit_id: Option<String>,
    unit_name: Option<String>,
    created_at: Time,
    expires_at: Time,
    last_used_at: Option<Time>,
    revoked_at: Option<Time>,
}

impl From<TokenView> for Token {
    fn from(view: TokenView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            permissions: view.permissions,
            account_id: view.account_id.to_string(),
            account_name: view.account_name,
            account_kind: view.account_kind,
            unit_id: view.unit_id.map(|id| id.to_string()),
            unit_name: view.unit_name,
            created_at: Time(view.created_at),
            expires_at: Time(view.expires_at),
            last_used_at: Time::option(view.last_used_at),
            revoked_at: Time::option(view.revoked_at),
        }
    }
}
