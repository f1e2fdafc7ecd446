//! Campaigns as the API shows them.

use serde::Serialize;
use tillsyn_core::campaigns::{self, CampaignView};
use utoipa::ToSchema;

use crate::api::time::Time;

/// A fixed list of devices to be erased or retired between two dates.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Campaign {
    #[schema(format = "uuid")]
    id: String,
    #[schema(format = "uuid")]
    unit_id: String,
    unit: String,
    name: String,
    /// `erase` or `retire`.
    act: &'static str,
    reason: String,
    /// `waiting` for a second person, `active`, `declined`, `expired`, `cancelled`, `overtaken`, `ended`
    /// or `stopped`.
    status: &'static str,
    targets: i64,
    /// Devices for which a command was made.
    used: i64,
    starts_at: Time,
    ends_at: Time,
    created_by: String,
    created_at: Time,
    approved_by: Option<String>,
    approved_at: Option<Time>,
}

impl From<CampaignView> for Campaign {
    fn from(view: CampaignView) -> Self {
        Self {
            id: view.id.to_string(),
            unit_id: view.unit_id,
            unit: view.unit_name,
            name: view.name,
            act: view.act.as_str(),
            reason: view.reason,
            status: view.status.as_str(),
            targets: view.targets,
            used: view.used,
            starts_at: Time(view.starts_at),
            ends_at: Time(view.ends_at),
            created_by: view.created_by_name,
            created_at: Time(view.created_at),
            approved_by: view.approved_by_name,
            approved_at: Time::option(view.approved_at),
        }
    }
}

/// One device of a campaign.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct CampaignDevice {
    #[schema(format = "uuid")]
    device_id: String,
    name: String,
    last_seen: Option<Time>,
    used_at: Option<Time>,
    #[schema(format = "uuid")]
    command_id: Option<String>,
    command_status: Option<String>,
}

impl From<campaigns::CampaignTarget> for CampaignDevice {
    fn from(target: campaigns::CampaignTarget) -> Self {
        Self {
            device_id: target.device_id,
            name: target.name,
            last_seen: Time::option(target.last_seen),
            used_at: Time::option(target.used_at),
            command_id: target.command_id,
            command_status: target.command_status,
        }
    }
}
