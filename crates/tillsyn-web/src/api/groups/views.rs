//! Groups as the API shows them.

use serde::Serialize;
use tillsyn_core::groups::{GroupRef, GroupView, MemberView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A group.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Group {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    description: Option<String>,
    #[schema(format = "uuid")]
    unit_id: String,
    unit_name: String,
    /// Members that are devices.
    devices: i64,
    /// Members that are people.
    people: i64,
    /// Devices that are in it now: members and those of people, in the group's unit or below.
    reached: i64,
    /// Assignments that name it.
    assignments: i64,
    created_at: Time,
    updated_at: Time,
}

impl From<GroupView> for Group {
    fn from(view: GroupView) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            description: view.description,
            unit_id: view.unit_id.to_string(),
            unit_name: view.unit_name,
            devices: view.devices,
            people: view.people,
            reached: view.reached,
            assignments: view.assignments,
            created_at: Time(view.created_at),
            updated_at: Time(view.updated_at),
        }
    }
}

/// A member of a group.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GroupMember {
    /// `device` or `person`.
    kind: &'static str,
    #[schema(format = "uuid")]
    id: String,
    name: String,
    /// Serial number or mail address.
    detail: Option<String>,
    unit_name: String,
    /// It was moved out of the group's unit since; the membership does not count.
    outside: bool,
    /// Devices that stand behind it.
    devices: i64,
    added_at: Time,
}

impl From<MemberView> for GroupMember {
    fn from(view: MemberView) -> Self {
        Self {
            kind: view.kind.as_str(),
            id: view.id,
            name: view.name,
            detail: view.detail,
            unit_name: view.unit_name,
            outside: view.outside,
            devices: view.devices,
            added_at: Time(view.added_at),
        }
    }
}

/// A group that a device or person is in.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct GroupOf {
    #[schema(format = "uuid")]
    id: String,
    name: String,
    unit_name: String,
    /// `device`, or `person` for a device that is in it by its person.
    through: String,
    /// Not so while the device lies outside the group's unit.
    counts: bool,
}

impl From<GroupRef> for GroupOf {
    fn from(of: GroupRef) -> Self {
        Self {
            id: of.id.to_string(),
            name: of.name,
            unit_name: of.unit_name,
            through: of.through,
            counts: of.counts,
        }
    }
}
