use plist::{Dictionary, Value};
use serde::Serialize;

use super::fact::Fact;
use crate::WireError;
use crate::fields::Read;

/// Facts that come out of a `ProfileList`.
pub const PROFILE_FACTS: [&str; 2] = ["profiles", "profile_count"];

/// `ProfileList`: what is installed.
// Apple schema mdm/commands/profile.list.yaml
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileListResult {
    pub profiles: Vec<InstalledProfile>,
    /// Entries without identifier or UUID; they are left out.
    pub unreadable: usize,
}

/// One installed profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstalledProfile {
    pub identifier: String,
    pub uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removal_disallowed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_removal_passcode: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_encrypted: Option<bool>,
    /// Not told by supervised devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_managed: Option<bool>,
    /// `Declarative Device Management` for those of declarations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    pub payloads: Vec<InstalledPayload>,
}

/// One payload of an installed profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstalledPayload {
    pub payload_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

impl ProfileListResult {
    pub fn read(body: &Dictionary) -> Result<Self, WireError> {
        let items = body
            .opt_array("ProfileList")?
            .ok_or(WireError::Missing { key: "ProfileList" })?;
        let profiles: Vec<_> = items
            .iter()
            .filter_map(Value::as_dictionary)
            .filter_map(InstalledProfile::read)
            .collect();
        Ok(Self {
            unreadable: items.len().saturating_sub(profiles.len()),
            profiles,
        })
    }

    /// Is the profile with this top-level identifier installed?
    pub fn contains(&self, identifier: &str) -> bool {
        self.profiles.iter().any(|p| p.identifier == identifier)
    }

    pub fn facts(&self) -> Vec<Fact> {
        // Structs of texts, numbers and flags always have a JSON form.
        let profiles = serde_json::to_value(&self.profiles).unwrap_or_default();
        vec![
            ("profiles", profiles),
            ("profile_count", self.profiles.len().into()),
        ]
    }
}

impl InstalledProfile {
    fn read(dict: &Dictionary) -> Option<Self> {
        let text = |key| dict.opt_text(key).ok().flatten();
        let flag = |key| dict.opt_flag(key).ok().flatten();
        let payloads = dict.get("PayloadContent").and_then(Value::as_array);
        Some(Self {
            identifier: text("PayloadIdentifier")?,
            uuid: text("PayloadUUID")?,
            display_name: text("PayloadDisplayName"),
            organization: text("PayloadOrganization"),
            description: text("PayloadDescription"),
            version: dict.opt_int("PayloadVersion").ok().flatten(),
            removal_disallowed: flag("PayloadRemovalDisallowed"),
            has_removal_passcode: flag("HasRemovalPasscode"),
            is_encrypted: flag("IsEncrypted"),
            is_managed: flag("IsManaged"),
            source: text("Source"),
            payloads: payloads
                .into_iter()
                .flatten()
                .filter_map(Value::as_dictionary)
                .filter_map(InstalledPayload::read)
                .collect(),
        })
    }
}

impl InstalledPayload {
    fn read(dict: &Dictionary) -> Option<Self> {
        let text = |key| dict.opt_text(key).ok().flatten();
        Some(Self {
            payload_type: text("PayloadType")?,
            identifier: text("PayloadIdentifier"),
            uuid: text("PayloadUUID"),
            display_name: text("PayloadDisplayName"),
        })
    }
}
