use plist::{Dictionary, Value};

use super::{IdentityPayload, MdmPayload, RootPayload};
use crate::fields::Build;
use crate::{WireError, encode_plist};

/// Where a profile is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayloadScope {
    System,
    User,
}

impl PayloadScope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::User => "User",
        }
    }
}

/// The profile that enrolls a device: trust roots, identity, and the MDM payload.
///
/// An update keeps `identifier`, topic and both URLs byte for byte: the device compares them as
/// whole strings and refuses any other. UUIDs and the challenge are fresh each time.
// Apple schema mdm/profiles/TopLevel.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrollmentProfile {
    /// Top-level `PayloadIdentifier`, the same for every download of one server.
    pub identifier: String,
    pub uuid: String,
    pub display_name: String,
    pub organization: String,
    /// What the person reads before installing, in their language.
    pub description: String,
    /// `System` on macOS, absent elsewhere.
    pub scope: Option<PayloadScope>,
    /// Installed before the MDM payload, so the device trusts `ServerURL` when it needs it.
    pub roots: Vec<RootPayload>,
    pub identity: IdentityPayload,
    pub mdm: MdmPayload,
}

impl EnrollmentProfile {
    /// Refuses what a device would refuse.
    pub fn validate(&self) -> Result<(), WireError> {
        for (value, key) in [
            (&self.identifier, "PayloadIdentifier"),
            (&self.uuid, "PayloadUUID"),
            (&self.display_name, "PayloadDisplayName"),
        ] {
            if value.is_empty() {
                return Err(WireError::Missing { key });
            }
        }
        let mut uuids: Vec<&str> = self.roots.iter().map(|root| root.uuid.as_str()).collect();
        uuids.extend([self.uuid.as_str(), self.identity.uuid(), &self.mdm.uuid]);
        uuids.sort_unstable();
        let all = uuids.len();
        uuids.dedup();
        if uuids.len() != all {
            return Err(WireError::malformed("two payloads share a PayloadUUID"));
        }
        self.identity.validate()?;
        self.mdm.validate()
    }

    pub fn to_plist(&self) -> Result<Vec<u8>, WireError> {
        self.validate()?;
        let mut content = Vec::new();
        for (nth, root) in self.roots.iter().enumerate() {
            let identifier = format!("{}.root.{}", self.identifier, nth.saturating_add(1));
            content.push(root.write(self.payload(&identifier, RootPayload::TYPE, &root.uuid)));
        }
        let (payload_type, name) = self.identity.names();
        let identifier = format!("{}.{name}", self.identifier);
        let identity = self.payload(&identifier, payload_type, self.identity.uuid());
        content.push(self.identity.write(identity));
        let identifier = format!("{}.mdm", self.identifier);
        let mdm = self.payload(&identifier, MdmPayload::TYPE, &self.mdm.uuid);
        content.push(self.mdm.write(mdm, self.identity.uuid()));

        let profile = Build::new()
            .set("PayloadContent", Value::Array(content))
            .set("PayloadDescription", self.description.as_str())
            .set("PayloadDisplayName", self.display_name.as_str())
            .set("PayloadIdentifier", self.identifier.as_str())
            .set("PayloadOrganization", self.organization.as_str())
            .opt("PayloadScope", self.scope.map(PayloadScope::as_str))
            .set("PayloadType", "Configuration")
            .set("PayloadUUID", self.uuid.as_str())
            .set("PayloadVersion", 1_i64);
        Ok(encode_plist(&profile.value()))
    }

    /// The keys that every payload has.
    // Apple schema mdm/profiles/CommonPayloadKeys.yaml
    fn payload(&self, identifier: &str, payload_type: &str, uuid: &str) -> Dictionary {
        Build::new()
            .set("PayloadType", payload_type)
            .set("PayloadVersion", 1_i64)
            .set("PayloadIdentifier", identifier)
            .set("PayloadUUID", uuid)
            .set("PayloadOrganization", self.organization.as_str())
            .dict()
    }
}
