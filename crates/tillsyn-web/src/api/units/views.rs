//! Units as the API shows them.

use serde::Serialize;
use tillsyn_core::units::{Count, UnitView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// An organisational unit.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Unit {
    #[schema(format = "uuid")]
    id: String,
    /// Absent at the top of what the token reaches.
    #[schema(format = "uuid")]
    parent_id: Option<String>,
    name: String,
    /// Names from the top of what the token reaches down to this unit.
    names: Vec<String>,
    /// In the unit itself.
    here: UnitCount,
    /// In the unit and everything below it.
    below: UnitCount,
    created_at: Time,
    updated_at: Time,
}

/// How many there are.
#[derive(Serialize, ToSchema)]
struct UnitCount {
    devices: i64,
    people: i64,
    groups: i64,
}

impl From<Count> for UnitCount {
    fn from(count: Count) -> Self {
        Self {
            devices: count.devices,
            people: count.people,
            groups: count.groups,
        }
    }
}

impl From<UnitView> for Unit {
    fn from(view: UnitView) -> Self {
        Self {
            id: view.id.to_string(),
            parent_id: view.parent_id.map(|id| id.to_string()),
            name: view.name,
            names: view.names,
            here: view.here.into(),
            below: view.below.into(),
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at.max(view.created_at)),
        }
    }
}
