//! What the check says, as plain values: for the API, the console and the command line.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One thing to know about a profile. It never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Stable, for programs.
    pub code: String,
    /// Place of the payload, counted from 0; `None` for the profile itself.
    pub payload: Option<usize>,
    pub payload_type: Option<String>,
    pub payload_identifier: Option<String>,
    /// From the payload, or from the top of the profile.
    pub path: String,
    pub found: Option<String>,
    /// Values, range, type or format, whatever applies.
    pub allowed: Json,
    /// For people, in English.
    pub text: String,
}

impl Finding {
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }
}

/// One difference between two profiles; secrets are masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// From the top of the profile, such as `PayloadContent[0].SSID_STR`.
    pub path: String,
    /// `added`, `removed` or `changed`.
    pub kind: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// Where something changed, for the audit trail: never what. Many changes are told by their number.
pub(crate) fn paths_of(changes: &[Change]) -> Vec<String> {
    const MOST: usize = 50;
    let mut paths: Vec<String> = changes.iter().take(MOST).map(|c| c.path.clone()).collect();
    if changes.len() > MOST {
        paths.push(format!("… {} more", changes.len() - MOST));
    }
    paths
}
