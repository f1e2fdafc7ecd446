//! A plan as the API shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::plans::{self, EffectView, PlanView};
use utoipa::ToSchema;

use super::conflict::{PlanConflict, PlanProfile};
use crate::api::time::Time;

/// The exact effect of a change, before it is made.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Plan {
    #[schema(format = "uuid")]
    id: String,
    /// `open`, `waiting` for a second person, `applied`, `overtaken`, `cancelled`, `expired`.
    status: &'static str,
    /// As it was asked for.
    #[schema(value_type = Object)]
    change: Json,
    /// Over the exact effects.
    digest: String,
    summary: PlanSummary,
    reason: Option<String>,
    created_by: String,
    created_at: Time,
    /// When it lapses.
    expires_at: Time,
    asked_by: Option<String>,
    asked_at: Option<Time>,
    applied_by: Option<String>,
    applied_at: Option<Time>,
    /// What applying it made: `version` and `version_id`, or `assignment_id`.
    #[schema(value_type = Option<Object>)]
    result: Option<Json>,
}

impl From<PlanView> for Plan {
    fn from(plan: PlanView) -> Self {
        Self {
            id: plan.id.to_string(),
            status: plan.status.as_str(),
            change: serde_json::to_value(&plan.change).unwrap_or_default(),
            digest: plan.digest,
            summary: plan.summary.into(),
            reason: plan.reason,
            created_by: plan.created_by,
            created_at: Time(plan.created_at),
            expires_at: Time(plan.expires_at),
            asked_by: plan.asked_by,
            asked_at: Time::option(plan.asked_at),
            applied_by: plan.applied_by,
            applied_at: Time::option(plan.applied_at),
            result: plan.result,
        }
    }
}

/// Counts of the effects, and what to look at.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PlanSummary {
    /// Devices that were looked at.
    looked_at: usize,
    /// Of more devices than a preview looks at, only the first were.
    partial: bool,
    /// Devices that get a version by this change.
    receiving: usize,
    /// What new versions and other profiles on the same devices do to each other, most devices first.
    conflicts: Vec<PlanConflict>,
    /// Devices on which anything changes.
    devices: usize,
    effects: EffectCounts,
    /// The same by platform of the device.
    platforms: BTreeMap<String, EffectCounts>,
    /// Devices from which something is removed: what the guard counts.
    removes_from: usize,
    /// Of the devices that change, those that have not been seen for long.
    not_seen: usize,
    /// Devices on which a profile is replaced as a whole: what it sets up is away for some seconds.
    replaced_as_a_whole: usize,
    /// Why devices refuse what they were to get.
    refusals: Vec<Unsupported>,
    /// What devices take and do nothing with.
    ignored: Vec<Unsupported>,
    /// Of the devices that get a version, those on which all of it has an effect.
    apply_all: usize,
}

/// What so many devices refuse or ignore.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Unsupported {
    devices: usize,
    /// The version that they are to get.
    profile: PlanProfile,
    /// Type of the payload; none is the profile as a whole.
    payload: Option<String>,
    /// None is the payload as a whole; of a missing value, the variable.
    key: Option<String>,
    reason: String,
    /// The version of the system that brought or took it.
    version: Option<String>,
}

impl From<plans::Unsupported> for Unsupported {
    fn from(of: plans::Unsupported) -> Self {
        Self {
            devices: of.devices,
            profile: of.profile.into(),
            payload: of.payload,
            key: of.key,
            reason: of.reason,
            version: of.version,
        }
    }
}

/// Effects by kind.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct EffectCounts {
    install: usize,
    replace: usize,
    remove: usize,
    /// It was to come and does not.
    withdraw: usize,
    /// The device cannot take it, and is sent nothing.
    refused: usize,
}

impl From<plans::Summary> for PlanSummary {
    fn from(summary: plans::Summary) -> Self {
        let platforms = summary.platforms.into_iter();
        Self {
            looked_at: summary.looked_at,
            partial: summary.partial,
            receiving: summary.receiving,
            conflicts: summary.conflicts.into_iter().map(Into::into).collect(),
            devices: summary.devices,
            effects: summary.effects.into(),
            platforms: platforms
                .map(|(key, counts)| (key, counts.into()))
                .collect(),
            removes_from: summary.removes_from,
            not_seen: summary.not_seen,
            replaced_as_a_whole: summary.replaced_as_a_whole,
            refusals: summary.refusals.into_iter().map(Into::into).collect(),
            ignored: summary.ignored.into_iter().map(Into::into).collect(),
            apply_all: summary.apply_all,
        }
    }
}

impl From<plans::Counts> for EffectCounts {
    fn from(counts: plans::Counts) -> Self {
        Self {
            install: counts.install,
            replace: counts.replace,
            remove: counts.remove,
            withdraw: counts.withdraw,
            refused: counts.refused,
        }
    }
}

/// What happens to one profile on one channel of a device.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Effect {
    #[schema(format = "uuid")]
    device_id: String,
    device_name: String,
    platform: String,
    /// `device` or `user:<id>`.
    channel: String,
    /// With its name; null of a profile that lies above what you reach.
    #[schema(format = "uuid")]
    profile_id: Option<String>,
    profile_name: Option<String>,
    /// `install`, `replace`, `remove`, `withdraw`, `refused`.
    effect: &'static str,
    old_version: Option<i64>,
    new_version: Option<i64>,
    /// Why it is refused, as on the item: `unsupported`, `variable_missing` …
    reason: Option<String>,
    /// More of the reason.
    #[schema(value_type = Option<Object>)]
    detail: Option<Json>,
}

impl From<EffectView> for Effect {
    fn from(view: EffectView) -> Self {
        Self {
            device_id: view.device_id,
            device_name: view.device_name,
            platform: view.platform,
            channel: view.channel,
            profile_id: view.item_id,
            profile_name: view.item_name,
            effect: view.effect.as_str(),
            old_version: view.old_version,
            new_version: view.new_version,
            reason: view.reason,
            detail: view
                .detail
                .and_then(|text| serde_json::from_str(&text).ok()),
        }
    }
}
