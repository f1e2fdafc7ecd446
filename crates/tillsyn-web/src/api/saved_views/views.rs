//! Saved views as the API shows them.

use serde::Serialize;
use tillsyn_core::lists::ViewView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// A list of devices under a name.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct View {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// `me` or `team`.
    audience: &'static str,
    query: String,
    #[schema(format = "uuid")]
    owner_id: String,
    owner_name: String,
    /// Whether it is the token's account's own.
    own: bool,
    created_at: Time,
    updated_at: Time,
}

impl From<ViewView> for View {
    fn from(view: ViewView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            audience: view.audience,
            query: view.query,
            owner_id: view.owner_id.to_string(),
            owner_name: view.owner_name,
            own: view.own,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}
