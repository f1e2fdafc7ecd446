//! People as the API shows them.

use serde::Serialize;
use tillsyn_core::people::PersonView;
use utoipa::ToSchema;

use crate::api::time::Time;

/// Somebody who carries devices.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Person {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    name: String,
    email: Option<String>,
    language: Option<String>,
    /// `active` or `inactive`.
    status: String,
    /// Devices that are theirs now.
    devices: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<PersonView> for Person {
    fn from(view: PersonView) -> Self {
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            name: view.name,
            email: view.email,
            language: view.language,
            status: view.status,
            devices: view.devices,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}
