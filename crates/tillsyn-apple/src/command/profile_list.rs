use plist::Dictionary;

use crate::WireError;
use crate::fields::{Build, Read};

/// `ProfileList`: the installed configuration profiles.
// Apple schema mdm/commands/profile.list.yaml
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProfileList {
    /// Only what the server installed. Devices in User Enrollment answer so anyway.
    pub managed_only: Option<bool>,
}

impl ProfileList {
    pub(crate) fn write(self, build: Build) -> Build {
        build.opt("ManagedOnly", self.managed_only)
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            managed_only: dict.opt_flag("ManagedOnly")?,
        })
    }
}
