//! Items as the API shows them.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::reconcile::{CommandNote, ForeignProfile, ItemView, Why, WhyTarget};
use utoipa::ToSchema;

use crate::api::time::Time;

/// One profile on one channel of a device: desired, delivered, confirmed.
#[derive(Serialize, ToSchema)]
pub(super) struct Item {
    #[schema(format = "uuid")]
    device_id: String,
    device_name: String,
    /// `device` or `user:<id>`.
    channel: String,
    user_name: Option<String>,
    /// With its name; null of a profile that lies above what you reach.
    #[schema(format = "uuid")]
    profile_id: Option<String>,
    profile_name: Option<String>,
    /// What devices know it by.
    identifier: String,
    /// `as_desired`, `behind`, `to_install`, `to_remove`, `refused` or `unverified`.
    state: String,
    /// Why it is not as desired: `refused_by_device`, `variable_missing`, `queue_full`, or what the device
    /// cannot do.
    reason: Option<String>,
    /// What belongs to the reason, such as the device's `error_chain`.
    #[schema(value_type = Option<Object>)]
    reason_detail: Option<Json>,
    /// Null when it is to be absent.
    desired_version: Option<i64>,
    /// What the device acknowledged last.
    delivered_version: Option<i64>,
    delivered_at: Option<Time>,
    /// Of the bytes that were sent.
    delivered_sha256: Option<String>,
    /// What the device's own answer proved since then.
    confirmed_version: Option<i64>,
    confirmed_at: Option<Time>,
    /// By what it was proved: `profile_list`.
    proof: Option<String>,
    /// Failures in a row.
    failures: i64,
    /// When it is tried again; null when only a change helps.
    next_attempt_at: Option<Time>,
    /// Times that the device lost or changed it by itself.
    drifts: i64,
    drifted_at: Option<Time>,
    /// The command that works on it.
    command: Option<ItemCommand>,
    updated_at: Time,
    /// The assignments that bring it; only on one device.
    why: Vec<ItemCause>,
}

#[derive(Serialize, ToSchema)]
struct ItemCommand {
    #[schema(format = "uuid")]
    id: String,
    request_type: String,
    status: String,
    status_reason: Option<String>,
}

/// An assignment, and by which of its targets it holds the device.
#[derive(Serialize, ToSchema)]
struct ItemCause {
    #[schema(format = "uuid")]
    assignment_id: String,
    /// The version that it fixes; null follows the newest.
    version: Option<i64>,
    targets: Vec<ItemTarget>,
}

#[derive(Serialize, ToSchema)]
struct ItemTarget {
    /// `device`, `group` or `org_unit`.
    kind: String,
    /// With the name; null of a unit or group above those that you reach.
    #[schema(format = "uuid")]
    id: Option<String>,
    name: Option<String>,
    /// Whether the group holds the device's person, not the device.
    by_person: bool,
}

/// A profile that is on the device and not ours to keep.
#[derive(Serialize, ToSchema)]
pub(super) struct Foreign {
    channel: String,
    identifier: String,
    name: Option<String>,
    /// Whether a management put it there.
    managed: Option<bool>,
    /// Whether it is the one that manages the device.
    enrolls: bool,
    observed_at: Time,
}

impl From<ItemView> for Item {
    fn from(item: ItemView) -> Self {
        Self {
            device_id: item.device_id.to_string(),
            device_name: item.device_name,
            channel: item.channel,
            user_name: item.user_name,
            profile_id: item.profile_id.map(|id| id.to_string()),
            profile_name: item.profile_name,
            identifier: item.identifier,
            state: item.state,
            reason: item.reason,
            reason_detail: item.reason_detail,
            desired_version: item.desired_version,
            delivered_version: item.delivered_version,
            delivered_at: Time::option(item.delivered_at),
            delivered_sha256: item.delivered_sha256,
            confirmed_version: item.confirmed_version,
            confirmed_at: Time::option(item.confirmed_at),
            proof: item.proof,
            failures: item.failures,
            next_attempt_at: Time::option(item.next_attempt_at),
            drifts: item.drifts,
            drifted_at: Time::option(item.drifted_at),
            command: item.command.map(Into::into),
            updated_at: Time(item.updated_at),
            why: item.why.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CommandNote> for ItemCommand {
    fn from(command: CommandNote) -> Self {
        Self {
            id: command.id,
            request_type: command.request_type,
            status: command.status,
            status_reason: command.status_reason,
        }
    }
}

impl From<Why> for ItemCause {
    fn from(why: Why) -> Self {
        Self {
            assignment_id: why.assignment_id,
            version: why.version,
            targets: why.targets.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<WhyTarget> for ItemTarget {
    fn from(target: WhyTarget) -> Self {
        Self {
            kind: target.kind,
            id: target.id,
            name: target.name,
            by_person: target.by_person,
        }
    }
}

impl From<ForeignProfile> for Foreign {
    fn from(profile: ForeignProfile) -> Self {
        Self {
            channel: profile.channel,
            identifier: profile.identifier,
            name: profile.name,
            managed: profile.managed,
            enrolls: profile.enrolls,
            observed_at: Time(profile.observed_at),
        }
    }
}
