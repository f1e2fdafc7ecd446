use std::ops::BitOr;

use serde::{Deserialize, Serialize};

/// The `AccessRights` bit field of the `com.apple.mdm` payload.
// Apple schema mdm/profiles/com.apple.mdm.yaml, key AccessRights
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessRights(u32);

impl AccessRights {
    pub const INSPECT_PROFILES: Self = Self(1);
    pub const CHANGE_PROFILES: Self = Self(2);
    pub const LOCK_AND_CLEAR_PASSCODE: Self = Self(4);
    pub const ERASE: Self = Self(8);
    pub const QUERY_DEVICE_INFORMATION: Self = Self(16);
    pub const QUERY_NETWORK_INFORMATION: Self = Self(32);
    pub const INSPECT_PROVISIONING_PROFILES: Self = Self(64);
    pub const CHANGE_PROVISIONING_PROFILES: Self = Self(128);
    pub const INSPECT_APPS: Self = Self(256);
    pub const QUERY_RESTRICTIONS: Self = Self(512);
    pub const QUERY_SECURITY: Self = Self(1024);
    pub const CHANGE_SETTINGS: Self = Self(2048);
    pub const MANAGE_APPS: Self = Self(4096);
    /// Every right.
    pub const ALL: Self = Self(8191);

    /// `None` for what a device would refuse: no right at all, unknown bits, or a right to change
    /// without the right to inspect.
    pub fn new(bits: u32) -> Option<Self> {
        let rights = Self(bits);
        let known = bits != 0 && bits & !Self::ALL.0 == 0;
        let profiles =
            !rights.contains(Self::CHANGE_PROFILES) || rights.contains(Self::INSPECT_PROFILES);
        let provisioning = !rights.contains(Self::CHANGE_PROVISIONING_PROFILES)
            || rights.contains(Self::INSPECT_PROVISIONING_PROFILES);
        (known && profiles && provisioning).then_some(rights)
    }

    /// One right by its bit; `None` for 0.
    pub(crate) fn single(bit: u32) -> Option<Self> {
        (bit != 0 && bit & Self::ALL.0 == bit).then_some(Self(bit))
    }

    pub fn bits(self) -> u32 {
        self.0
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for AccessRights {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
