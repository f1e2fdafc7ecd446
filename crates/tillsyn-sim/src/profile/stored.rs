use plist::{Dictionary, Value};
use tillsyn_pki::cert::Certificate;

use crate::plists::{dict, flag, int, text};

/// An installed profile, as far as a device lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredProfile {
    pub identifier: String,
    pub uuid: String,
    pub display_name: Option<String>,
    pub organization: Option<String>,
    pub description: Option<String>,
    pub removal_disallowed: bool,
    pub encrypted: bool,
    /// Installed by the server.
    pub managed: bool,
    /// What its SCEP payloads got.
    pub certificates: Vec<Certificate>,
    payloads: Vec<Dictionary>,
}

impl StoredProfile {
    /// Reads the top level as a device does; the error says what is malformed.
    pub(crate) fn read(profile: &Dictionary, managed: bool) -> Result<Self, String> {
        if text(profile, "PayloadType") != Some("Configuration") {
            return Err("PayloadType is not Configuration".into());
        }
        if int(profile, "PayloadVersion") != Some(1) {
            return Err("PayloadVersion is not 1".into());
        }
        let needed = |key: &str| {
            text(profile, key)
                .map(str::to_owned)
                .ok_or_else(|| format!("{key} is missing"))
        };
        let encrypted = flag(profile, "IsEncrypted") == Some(true);
        let payloads = match profile.get("PayloadContent") {
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_dictionary().and_then(summary))
                .collect::<Option<Vec<_>>>()
                .ok_or("a payload lacks PayloadType, PayloadIdentifier or PayloadUUID")?,
            Some(_) => return Err("PayloadContent is not an array".into()),
            None if encrypted => Vec::new(),
            None => return Err("PayloadContent is missing".into()),
        };
        let mut uuids: Vec<_> = payloads
            .iter()
            .filter_map(|p| text(p, "PayloadUUID"))
            .collect();
        let count = uuids.len();
        uuids.sort_unstable();
        uuids.dedup();
        if uuids.len() < count {
            return Err("two payloads share a PayloadUUID".into());
        }
        Ok(Self {
            identifier: needed("PayloadIdentifier")?,
            uuid: needed("PayloadUUID")?,
            display_name: text(profile, "PayloadDisplayName").map(str::to_owned),
            organization: text(profile, "PayloadOrganization").map(str::to_owned),
            description: text(profile, "PayloadDescription").map(str::to_owned),
            removal_disallowed: flag(profile, "PayloadRemovalDisallowed") == Some(true),
            encrypted,
            managed,
            certificates: Vec::new(),
            payloads,
        })
    }

    pub fn payload_types(&self) -> Vec<&str> {
        self.payloads
            .iter()
            .filter_map(|p| text(p, "PayloadType"))
            .collect()
    }

    /// An entry of `ProfileList`.
    // Apple schema mdm/commands/profile.list.yaml
    pub(crate) fn listed(&self, supervised: bool) -> Value {
        let mut entry = dict([
            ("PayloadIdentifier", self.identifier.as_str().into()),
            ("PayloadUUID", self.uuid.as_str().into()),
            ("PayloadVersion", 1_i64.into()),
            ("HasRemovalPasscode", false.into()),
            ("PayloadRemovalDisallowed", self.removal_disallowed.into()),
            ("IsEncrypted", self.encrypted.into()),
            (
                "PayloadContent",
                Value::Array(
                    self.payloads
                        .iter()
                        .cloned()
                        .map(Value::Dictionary)
                        .collect(),
                ),
            ),
        ]);
        let texts = [
            ("PayloadDisplayName", &self.display_name),
            ("PayloadOrganization", &self.organization),
            ("PayloadDescription", &self.description),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                entry.insert(key.into(), value.as_str().into());
            }
        }
        // Supervised devices do not tell it.
        if !supervised {
            entry.insert("IsManaged".into(), self.managed.into());
        }
        Value::Dictionary(entry)
    }
}

fn summary(payload: &Dictionary) -> Option<Dictionary> {
    let mut out = Dictionary::new();
    for key in ["PayloadType", "PayloadIdentifier", "PayloadUUID"] {
        out.insert(key.into(), text(payload, key)?.into());
    }
    out.insert(
        "PayloadVersion".into(),
        int(payload, "PayloadVersion").unwrap_or(1).into(),
    );
    if let Some(name) = text(payload, "PayloadDisplayName") {
        out.insert("PayloadDisplayName".into(), name.into());
    }
    Some(out)
}
