//! Approvals as the API shows them.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::approvals::{self, Moved};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A change that waits, or waited, for a second person.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Approval {
    #[schema(format = "uuid")]
    id: String,
    /// `commands`, `plan`, `campaign`, `guard`, `push_certificate`, `unfreeze`, `account` or `role`.
    kind: &'static str,
    /// The batch, plan, campaign … that waits.
    subject_id: String,
    /// `waiting`, `approved`, `declined`, `expired`, `cancelled` or `overtaken`.
    status: &'static str,
    /// Why a second person is needed: `second_person`, `budget`, `new_account` or `rule`.
    cause: String,
    /// What whoever decides must hold beside `guard.approve`.
    permission: &'static str,
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    /// The act or the kind of change.
    act: Option<String>,
    request_type: Option<String>,
    /// It is more than the budget has room for.
    over_budget: bool,
    targets: i64,
    /// What else the asker saw.
    #[schema(value_type = Object)]
    facts: Json,
    reason: Option<String>,
    asked_kind: String,
    asked_by: String,
    asked_by_name: String,
    asked_at: Time,
    /// When it lapses.
    expires_at: Time,
    decided_by: Option<String>,
    decided_by_name: Option<String>,
    decided_at: Option<Time>,
    decided_reason: Option<String>,
}

impl From<approvals::ApprovalView> for Approval {
    fn from(view: approvals::ApprovalView) -> Self {
        Self {
            id: view.id.to_string(),
            kind: view.kind,
            subject_id: view.change.subject().to_owned(),
            status: view.status.as_str(),
            cause: view.cause,
            permission: view.permission.as_str(),
            unit_id: view.unit_id,
            unit: view.unit_name,
            act: view.act,
            request_type: view.request_type,
            over_budget: view.over_budget,
            targets: view.targets,
            facts: view.facts,
            reason: view.reason,
            asked_kind: view.asked_kind,
            asked_by: view.asked_by,
            asked_by_name: view.asked_by_name,
            asked_at: Time(view.asked_at),
            expires_at: Time(view.expires_at),
            decided_by: view.decided_by,
            decided_by_name: view.decided_by_name,
            decided_at: Time::option(view.decided_at),
            decided_reason: view.decided_reason,
        }
    }
}

/// The same with its devices.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ApprovalFull {
    #[serde(flatten)]
    approval: Approval,
    /// It waits, and its targets are not those that were asked for any more.
    overtaken: bool,
    devices: Vec<ApprovalDevice>,
}

/// One device as the asker saw it, and what has changed since.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ApprovalDevice {
    #[schema(format = "uuid")]
    device_id: String,
    name: String,
    platform: String,
    ownership: Option<String>,
    person: Option<String>,
    last_seen: Option<Time>,
    changed: Vec<Changed>,
}

/// Something that is different now.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Changed {
    /// `gone`, `added`, `enrollment`, `person`, `ownership`, `status` or `seen`.
    what: &'static str,
    /// Of a status.
    from: Option<String>,
    to: Option<String>,
    /// When it spoke.
    at: Option<Time>,
    /// The request is for something else by that, and must be asked again.
    overtakes: bool,
}

impl From<Moved> for Changed {
    fn from(moved: Moved) -> Self {
        let (what, overtakes) = (moved.as_str(), moved.overtakes());
        let (mut from, mut to, mut at) = (None, None, None);
        match moved {
            Moved::Status { from: was, to: is } => (from, to) = (Some(was), Some(is)),
            Moved::Seen(when) => at = Some(Time(when)),
            _ => {}
        }
        Self {
            what,
            from,
            to,
            at,
            overtakes,
        }
    }
}

impl From<approvals::ApprovalView> for ApprovalFull {
    fn from(mut view: approvals::ApprovalView) -> Self {
        let devices = std::mem::take(&mut view.devices);
        let devices = devices.into_iter().map(|line| ApprovalDevice {
            device_id: line.device_id,
            name: line.name,
            platform: line.platform,
            ownership: line.ownership,
            person: line.person,
            last_seen: Time::option(line.last_seen),
            changed: line.moved.into_iter().map(Into::into).collect(),
        });
        Self {
            devices: devices.collect(),
            overtaken: view.overtaken,
            approval: view.into(),
        }
    }
}
