//! What profiles on the same devices do to each other, as a plan says it.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A profile, as it is named beside a count.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileRef {
    pub id: String,
    pub name: String,
    pub version: i64,
}

/// What a payload of one profile and a payload of another do to each other, and on how many devices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConflictGroup {
    /// `exclusive`, `same_network`, `same_account`, `same_identity`, `value` or `duplicate`.
    pub code: String,
    /// The one that changes.
    pub profile: ProfileRef,
    /// The one beside it.
    pub other: ProfileRef,
    /// Type of the payload in the one that changes.
    pub payload: String,
    pub other_payload: String,
    /// What both have: the network, the account, the identifier.
    pub about: Option<String>,
    pub settings: Vec<SettingConflict>,
    pub devices: usize,
}

/// A setting that both make, and what becomes of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingConflict {
    pub key: String,
    /// In the one that changes.
    pub value: Json,
    pub other_value: Json,
    /// What devices make of both; `None` where nobody knows.
    pub result: Option<Json>,
    /// Whose value it is.
    pub wins: Wins,
}

/// Which of two profiles has the value that devices use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wins {
    /// The one that changes.
    This,
    Other,
    /// Devices make a value of their own out of both.
    Neither,
    /// Nobody knows.
    #[default]
    Undefined,
}

impl Wins {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::This => "this",
            Self::Other => "other",
            Self::Neither => "neither",
            Self::Undefined => "undefined",
        }
    }
}
