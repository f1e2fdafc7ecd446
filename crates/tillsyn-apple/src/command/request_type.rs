use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::WireError;
use crate::platform::AccessRights;

/// The commands of this server, named as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RequestType {
    DeviceInformation,
    SecurityInfo,
    ProfileList,
    InstallProfile,
    RemoveProfile,
    DeviceLock,
    EraseDevice,
}

impl RequestType {
    pub const ALL: [Self; 7] = [
        Self::DeviceInformation,
        Self::SecurityInfo,
        Self::ProfileList,
        Self::InstallProfile,
        Self::RemoveProfile,
        Self::DeviceLock,
        Self::EraseDevice,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeviceInformation => "DeviceInformation",
            Self::SecurityInfo => "SecurityInfo",
            Self::ProfileList => "ProfileList",
            Self::InstallProfile => "InstallProfile",
            Self::RemoveProfile => "RemoveProfile",
            Self::DeviceLock => "DeviceLock",
            Self::EraseDevice => "EraseDevice",
        }
    }

    /// The right that the device demands before it obeys; `DeviceInformation` filters by query
    /// instead.
    pub fn access_right(self) -> Option<AccessRights> {
        match self {
            Self::DeviceInformation => None,
            Self::SecurityInfo => Some(AccessRights::QUERY_SECURITY),
            Self::ProfileList => Some(AccessRights::INSPECT_PROFILES),
            Self::InstallProfile | Self::RemoveProfile => Some(AccessRights::CHANGE_PROFILES),
            Self::DeviceLock => Some(AccessRights::LOCK_AND_CLEAR_PASSCODE),
            Self::EraseDevice => Some(AccessRights::ERASE),
        }
    }

    /// iOS and iPadOS answer these at once, also while locked.
    // Apple, "Handling NotNow status responses"
    pub fn never_not_now_on_ios(self) -> bool {
        matches!(
            self,
            Self::DeviceInformation | Self::ProfileList | Self::DeviceLock | Self::EraseDevice
        )
    }

    /// macOS answers these also in Power Nap.
    // Apple, "Handling NotNow status responses"
    pub fn never_not_now_on_macos(self) -> bool {
        matches!(self, Self::DeviceLock | Self::EraseDevice)
    }

    /// A query: queuing the same one twice for a channel gains nothing.
    pub fn is_query(self) -> bool {
        matches!(
            self,
            Self::DeviceInformation | Self::SecurityInfo | Self::ProfileList
        )
    }
}

impl fmt::Display for RequestType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RequestType {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| WireError::unsupported("RequestType"))
    }
}
