//! What profiles on the same devices do to each other, as the API shows it.

use serde::Serialize;
use serde_json::Value as Json;
use tillsyn_core::plans;
use utoipa::ToSchema;

/// A profile, as it is named beside a count.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PlanProfile {
    /// With its name; null of a profile that lies above what you reach.
    #[schema(format = "uuid")]
    id: Option<String>,
    name: Option<String>,
    version: i64,
}

/// What a payload of one profile and a payload of another do to each other.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PlanConflict {
    /// `exclusive`, `same_network`, `same_account`, `same_identity`, `value` or `duplicate`.
    code: String,
    /// The one that changes.
    profile: PlanProfile,
    /// The one beside it.
    other: PlanProfile,
    /// Type of the payload in the one that changes.
    payload: String,
    other_payload: String,
    /// What both have: the network, the account, the identifier.
    about: Option<String>,
    settings: Vec<PlanSetting>,
    devices: usize,
}

/// A setting that both make, and what becomes of it.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PlanSetting {
    key: String,
    #[schema(value_type = Object)]
    value: Json,
    /// Null of a profile that lies above what you reach, as is `value`.
    #[schema(value_type = Object)]
    other_value: Json,
    /// What devices make of both; absent where nobody knows.
    #[schema(value_type = Option<Object>)]
    result: Option<Json>,
    /// Whose value it is: `this` (the one that changes), `other`, `neither`, `undefined`.
    wins: &'static str,
}

impl From<plans::ProfileRef> for PlanProfile {
    fn from(profile: plans::ProfileRef) -> Self {
        Self {
            name: profile.shown().map(str::to_owned),
            id: profile.shown().is_some().then_some(profile.id),
            version: profile.version,
        }
    }
}

impl From<plans::ConflictGroup> for PlanConflict {
    fn from(group: plans::ConflictGroup) -> Self {
        Self {
            code: group.code,
            profile: group.profile.into(),
            other: group.other.into(),
            payload: group.payload,
            other_payload: group.other_payload,
            about: group.about,
            settings: group.settings.into_iter().map(Into::into).collect(),
            devices: group.devices,
        }
    }
}

impl From<plans::SettingConflict> for PlanSetting {
    fn from(setting: plans::SettingConflict) -> Self {
        Self {
            key: setting.key,
            value: setting.value,
            other_value: setting.other_value,
            result: setting.result,
            wins: setting.wins.as_str(),
        }
    }
}
