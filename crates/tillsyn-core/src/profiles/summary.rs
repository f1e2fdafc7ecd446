//! What may be read of a profile's content without opening it: kept in the clear beside the sealed content,
//! so it holds no value that could be a secret.

use serde::{Deserialize, Serialize};

/// A profile's content in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// As people see it on the device.
    pub display_name: Option<String>,
    /// In the order of the profile; empty when it is encrypted.
    pub payloads: Vec<PayloadSummary>,
    /// Types that are in no schema that we know: installed as they are.
    pub unknown: Vec<String>,
    /// Names of the variables, sorted, each once; those of credentials are not among them.
    pub variables: Vec<String>,
    pub credentials: Vec<CredentialUse>,
    /// `System` or `User`, when it says so.
    pub scope: Option<String>,
    pub removal_disallowed: bool,
    /// When the device removes it by itself, in milliseconds UTC.
    pub removal_date: Option<i64>,
    /// Its payloads are encrypted for one device: nothing in it can be looked at.
    pub encrypted: bool,
    pub has_secrets: bool,
    /// Who signed the upload. We sign anew whatever we deliver.
    pub signer: Option<Signer>,
    /// Bytes of the plain property list.
    pub size_bytes: usize,
    pub findings: FindingCounts,
}

/// One payload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PayloadSummary {
    #[serde(rename = "type")]
    pub payload_type: String,
    pub identifier: Option<String>,
    pub display_name: Option<String>,
}

/// A payload whose certificate our network authority issues, one per channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CredentialUse {
    /// `PayloadIdentifier` of the payload.
    pub payload: String,
    /// `scep` or `acme`.
    pub method: String,
}

/// The certificate that a profile was signed with when it came. Its chain is not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Signer {
    pub subject: String,
    pub issuer: String,
    /// Milliseconds UTC.
    pub not_after: i64,
    pub sha256: String,
}

/// How many findings of each severity the check had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FindingCounts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Summary {
    /// As it is stored.
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A summary that an older version of ours wrote may lack fields; they take their defaults.
    pub(crate) fn of_text(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}
