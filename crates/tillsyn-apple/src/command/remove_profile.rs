use plist::Dictionary;

use crate::WireError;
use crate::fields::{Build, Read};

/// `RemoveProfile`: with the identifier of the enrollment profile it ends the management.
// Apple schema mdm/commands/profile.remove.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveProfile {
    /// The top-level `PayloadIdentifier`.
    pub identifier: String,
}

impl RemoveProfile {
    pub(crate) fn write(&self, build: Build) -> Build {
        build.set("Identifier", self.identifier.as_str())
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            identifier: dict.text("Identifier")?,
        })
    }
}
