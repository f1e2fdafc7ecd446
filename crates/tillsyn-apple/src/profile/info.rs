use plist::{Dictionary, Value};

use crate::WireError;
use crate::fields::{Read, root};
use crate::plist_guard::{self, Limits};

/// What an administrator must know about a profile before it is sent to devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileInfo {
    pub identifier: String,
    pub uuid: String,
    pub display_name: Option<String>,
    pub organization: Option<String>,
    /// `System` or `User`.
    pub scope: Option<String>,
    pub removal_disallowed: Option<bool>,
    pub is_encrypted: bool,
    /// In the order of the profile; empty when it is encrypted.
    pub payload_types: Vec<String>,
}

impl ProfileInfo {
    /// Reads a plain profile; a signed one must be unwrapped first.
    pub fn parse(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read(&profile_dict(bytes)?)
    }

    pub(super) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let is_encrypted = dict.opt_flag("IsEncrypted")?.unwrap_or(false);
        let payload_types = if is_encrypted {
            Vec::new()
        } else {
            payloads(dict)?
                .into_iter()
                .map(|payload| payload.text("PayloadType"))
                .collect::<Result<_, _>>()?
        };
        let not_empty = |key| match dict.text(key) {
            Ok(text) if text.is_empty() => Err(WireError::Missing { key }),
            other => other,
        };
        Ok(Self {
            identifier: not_empty("PayloadIdentifier")?,
            uuid: not_empty("PayloadUUID")?,
            display_name: dict.opt_text("PayloadDisplayName")?,
            organization: dict.opt_text("PayloadOrganization")?,
            scope: dict.opt_text("PayloadScope")?,
            removal_disallowed: dict.opt_flag("PayloadRemovalDisallowed")?,
            is_encrypted,
            payload_types,
        })
    }

    /// A second MDM payload would be refused by the device: "one MDM per device".
    pub fn has_mdm_payload(&self) -> bool {
        self.payload_types
            .iter()
            .any(|kind| kind == "com.apple.mdm")
    }
}

/// The top level of a profile, with its type and version checked.
pub(super) fn profile_dict(bytes: &[u8]) -> Result<Dictionary, WireError> {
    // A SEQUENCE in DER or BER: CMS around the profile.
    if bytes.first() == Some(&0x30) {
        return Err(WireError::unsupported(
            "a signed profile where a plain one is expected",
        ));
    }
    let dict = root(plist_guard::parse(bytes, Limits::PROFILE)?)?;
    check_kind(&dict)?;
    Ok(dict)
}

pub(super) fn check_kind(dict: &Dictionary) -> Result<(), WireError> {
    if dict.text("PayloadType")? != "Configuration" {
        return Err(WireError::unsupported(
            "PayloadType of the profile is not Configuration",
        ));
    }
    if dict.opt_int("PayloadVersion")? != Some(1) {
        return Err(WireError::unsupported(
            "PayloadVersion of the profile is not 1",
        ));
    }
    Ok(())
}

pub(super) fn payloads(dict: &Dictionary) -> Result<Vec<&Dictionary>, WireError> {
    let content = dict
        .opt_array("PayloadContent")?
        .ok_or(WireError::Missing {
            key: "PayloadContent",
        })?;
    content
        .iter()
        .map(Value::as_dictionary)
        .collect::<Option<Vec<_>>>()
        .ok_or(WireError::WrongType {
            key: "PayloadContent",
            expected: "array of dictionaries",
        })
}
