//! What can be planned: every change that alters what devices are to have.

use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::assignments::Terms;
use crate::groups::Member;

/// One change, as it is asked for and as a plan keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Makes the draft of a profile its newest version.
    PublishVersion {
        profile_id: String,
        /// Of the draft that was looked at.
        draft_revision: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        /// What the version will be called; chosen by the plan, because desired hashes cover it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version_id: Option<String>,
    },
    Assign {
        profile_id: String,
        #[serde(flatten)]
        terms: Terms,
    },
    ChangeAssignment {
        assignment_id: String,
        #[serde(flatten)]
        terms: Terms,
    },
    Unassign {
        assignment_id: String,
    },
    ArchiveProfile {
        profile_id: String,
    },
    RestoreProfile {
        profile_id: String,
    },
    GroupMembers {
        group_id: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        add: Vec<Member>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        remove: Vec<Member>,
    },
    DeleteGroup {
        group_id: String,
    },
    MoveDevice {
        device_ids: Vec<String>,
        unit_id: String,
    },
    /// People, and devices of theirs that go along.
    MovePeople {
        person_ids: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        device_ids: Vec<String>,
        unit_id: String,
    },
    SetDevicePerson {
        device_id: String,
        /// Nobody's when it is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person_id: Option<String>,
    },
    MoveUnit {
        unit_id: String,
        parent_id: String,
    },
}

impl Change {
    /// The stable name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PublishVersion { .. } => "publish_version",
            Self::Assign { .. } => "assign",
            Self::ChangeAssignment { .. } => "change_assignment",
            Self::Unassign { .. } => "unassign",
            Self::ArchiveProfile { .. } => "archive_profile",
            Self::RestoreProfile { .. } => "restore_profile",
            Self::GroupMembers { .. } => "group_members",
            Self::DeleteGroup { .. } => "delete_group",
            Self::MoveDevice { .. } => "move_device",
            Self::MovePeople { .. } => "move_people",
            Self::SetDevicePerson { .. } => "set_device_person",
            Self::MoveUnit { .. } => "move_unit",
        }
    }

    /// What whoever makes it, or confirms it as the second person, must hold.
    pub fn permission(&self) -> Permission {
        match self {
            Self::GroupMembers { .. } | Self::DeleteGroup { .. } => Permission::GroupsWrite,
            Self::MoveDevice { .. } | Self::MoveUnit { .. } => Permission::UnitsWrite,
            Self::MovePeople { .. } | Self::SetDevicePerson { .. } => Permission::PeopleWrite,
            _ => Permission::AssignmentsWrite,
        }
    }

    /// What it is about, for events: a kind of object and its id.
    pub(crate) fn object(&self) -> (&'static str, &str) {
        match self {
            Self::PublishVersion { profile_id, .. }
            | Self::Assign { profile_id, .. }
            | Self::ArchiveProfile { profile_id }
            | Self::RestoreProfile { profile_id } => ("profile", profile_id),
            Self::ChangeAssignment { assignment_id, .. } | Self::Unassign { assignment_id } => {
                ("assignment", assignment_id)
            }
            Self::GroupMembers { group_id, .. } | Self::DeleteGroup { group_id } => {
                ("group", group_id)
            }
            Self::MoveDevice { device_ids, .. } => {
                ("device", device_ids.first().map_or("", String::as_str))
            }
            Self::MovePeople { person_ids, .. } => {
                ("person", person_ids.first().map_or("", String::as_str))
            }
            Self::SetDevicePerson { device_id, .. } => ("device", device_id),
            Self::MoveUnit { unit_id, .. } => ("org_unit", unit_id),
        }
    }
}
