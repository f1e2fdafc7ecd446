//! A change as the API takes it.

use serde::Deserialize;
use tillsyn_core::assignments::{AssignedChannel, TargetKind, TargetRef, Terms};
use tillsyn_core::groups::{Member, MemberKind};
use tillsyn_core::plans::Change;
use utoipa::ToSchema;

/// What is to be changed.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::api) enum ChangeBody {
    /// Makes the draft of a profile its newest version.
    PublishVersion {
        profile_id: String,
        /// Of the draft that was looked at.
        draft_revision: i64,
        comment: Option<String>,
    },
    /// Assigns a profile.
    Assign {
        profile_id: String,
        #[serde(default)]
        channel: Channel,
        /// Fixed; without it, the newest that is published.
        version: Option<i64>,
        include: Vec<Target>,
        #[serde(default)]
        exclude: Vec<Target>,
    },
    /// Puts other terms in the place of an assignment's.
    ChangeAssignment {
        assignment_id: String,
        #[serde(default)]
        channel: Channel,
        version: Option<i64>,
        include: Vec<Target>,
        #[serde(default)]
        exclude: Vec<Target>,
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
        #[serde(default)]
        add: Vec<GroupMember>,
        #[serde(default)]
        remove: Vec<GroupMember>,
    },
    DeleteGroup {
        group_id: String,
    },
    MoveDevice {
        device_ids: Vec<String>,
        unit_id: String,
    },
    /// Moves people, and devices of theirs that go along.
    MovePeople {
        person_ids: Vec<String>,
        #[serde(default)]
        device_ids: Vec<String>,
        unit_id: String,
    },
    SetDevicePerson {
        device_id: String,
        /// Nobody's without it.
        person_id: Option<String>,
    },
    MoveUnit {
        unit_id: String,
        parent_id: String,
    },
}

/// Where a profile goes on a device.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum Channel {
    #[default]
    Device,
    /// Every managed user of it.
    Users,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum PlanTargetKind {
    Device,
    Group,
    OrgUnit,
}

/// A device, a group, or a unit with everything below it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlanTarget)]
pub(in crate::api) struct Target {
    kind: PlanTargetKind,
    id: String,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum GroupMemberKind {
    Device,
    Person,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct GroupMember {
    kind: GroupMemberKind,
    id: String,
}

impl From<ChangeBody> for Change {
    fn from(body: ChangeBody) -> Self {
        match body {
            ChangeBody::PublishVersion {
                profile_id,
                draft_revision,
                comment,
            } => Self::PublishVersion {
                profile_id,
                draft_revision,
                comment,
                version_id: None,
            },
            ChangeBody::Assign {
                profile_id,
                channel,
                version,
                include,
                exclude,
            } => Self::Assign {
                profile_id,
                terms: terms(channel, version, include, exclude),
            },
            ChangeBody::ChangeAssignment {
                assignment_id,
                channel,
                version,
                include,
                exclude,
            } => Self::ChangeAssignment {
                assignment_id,
                terms: terms(channel, version, include, exclude),
            },
            ChangeBody::Unassign { assignment_id } => Self::Unassign { assignment_id },
            ChangeBody::ArchiveProfile { profile_id } => Self::ArchiveProfile { profile_id },
            ChangeBody::RestoreProfile { profile_id } => Self::RestoreProfile { profile_id },
            ChangeBody::GroupMembers {
                group_id,
                add,
                remove,
            } => Self::GroupMembers {
                group_id,
                add: add.into_iter().map(Into::into).collect(),
                remove: remove.into_iter().map(Into::into).collect(),
            },
            ChangeBody::DeleteGroup { group_id } => Self::DeleteGroup { group_id },
            ChangeBody::MoveDevice {
                device_ids,
                unit_id,
            } => Self::MoveDevice {
                device_ids,
                unit_id,
            },
            ChangeBody::MovePeople {
                person_ids,
                device_ids,
                unit_id,
            } => Self::MovePeople {
                person_ids,
                device_ids,
                unit_id,
            },
            ChangeBody::SetDevicePerson {
                device_id,
                person_id,
            } => Self::SetDevicePerson {
                device_id,
                person_id,
            },
            ChangeBody::MoveUnit { unit_id, parent_id } => Self::MoveUnit { unit_id, parent_id },
        }
    }
}

fn terms(
    channel: Channel,
    version: Option<i64>,
    include: Vec<Target>,
    exclude: Vec<Target>,
) -> Terms {
    let targets = |targets: Vec<Target>| targets.into_iter().map(Into::into).collect();
    Terms {
        channel: match channel {
            Channel::Device => AssignedChannel::Device,
            Channel::Users => AssignedChannel::Users,
        },
        version,
        include: targets(include),
        exclude: targets(exclude),
    }
}

impl From<Target> for TargetRef {
    fn from(target: Target) -> Self {
        let kind = match target.kind {
            PlanTargetKind::Device => TargetKind::Device,
            PlanTargetKind::Group => TargetKind::Group,
            PlanTargetKind::OrgUnit => TargetKind::OrgUnit,
        };
        Self {
            kind,
            id: target.id,
        }
    }
}

impl From<GroupMember> for Member {
    fn from(member: GroupMember) -> Self {
        let kind = match member.kind {
            GroupMemberKind::Device => MemberKind::Device,
            GroupMemberKind::Person => MemberKind::Person,
        };
        Self {
            kind,
            id: member.id,
        }
    }
}
