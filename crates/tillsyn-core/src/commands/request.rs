//! What can be asked of a device, without its secrets, and which act of the guard's table it is.

use serde::{Deserialize, Serialize};

use crate::actor::Permission;

/// A request as kept in a batch. Secrets (a lock PIN) and profile bytes are kept sealed beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Request {
    DeviceInformation {},
    SecurityInfo {},
    ProfileList {},
    InstallProfile {
        /// From the profile itself.
        identifier: String,
        name: Option<String>,
        /// Hash of the bytes that are sent.
        sha256: String,
    },
    RemoveProfile {
        identifier: String,
    },
    DeviceLock {
        message: Option<String>,
        phone_number: Option<String>,
    },
    EraseDevice {
        #[serde(default)]
        preserve_data_plan: bool,
        #[serde(default)]
        disallow_proximity_setup: bool,
    },
}

/// The acts that the guard counts or slows (security §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Lock,
    Erase,
    Retire,
    /// Removing a profile that is not the enrollment's.
    RemoveProfile,
}

impl Act {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Erase => "erase",
            Self::Retire => "retire",
            Self::RemoveProfile => "remove_profile",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Lock, Self::Erase, Self::Retire, Self::RemoveProfile]
            .into_iter()
            .find(|act| act.as_str() == text)
    }
}

impl Request {
    /// Apple's `RequestType`.
    pub fn request_type(&self) -> &'static str {
        match self {
            Self::DeviceInformation {} => "DeviceInformation",
            Self::SecurityInfo {} => "SecurityInfo",
            Self::ProfileList {} => "ProfileList",
            Self::InstallProfile { .. } => "InstallProfile",
            Self::RemoveProfile { .. } => "RemoveProfile",
            Self::DeviceLock { .. } => "DeviceLock",
            Self::EraseDevice { .. } => "EraseDevice",
        }
    }

    /// The act, given the identifier of the target's enrollment profile: removing that profile *is* a
    /// retire, by whatever door it comes.
    pub(crate) fn act(&self, enrollment_profile: &str) -> Option<Act> {
        match self {
            Self::EraseDevice { .. } => Some(Act::Erase),
            Self::DeviceLock { .. } => Some(Act::Lock),
            Self::RemoveProfile { identifier } if identifier == enrollment_profile => {
                Some(Act::Retire)
            }
            Self::RemoveProfile { .. } => Some(Act::RemoveProfile),
            _ => None,
        }
    }

    /// The permission it needs, given its act.
    pub(crate) fn permission(&self, act: Option<Act>) -> Permission {
        match (act, self) {
            (Some(Act::Erase), _) => Permission::DevicesErase,
            (Some(Act::Retire), _) => Permission::DevicesRetire,
            (Some(Act::Lock), _) => Permission::DevicesLock,
            (Some(Act::RemoveProfile), _) | (None, Self::InstallProfile { .. }) => {
                Permission::ProfilesInstall
            }
            (None, _) => Permission::DevicesQuery,
        }
    }

    /// Commands of lane 0 overtake those of lane 1 (lock and erase first).
    pub(crate) fn lane(&self) -> i64 {
        i64::from(!matches!(
            self,
            Self::DeviceLock { .. } | Self::EraseDevice { .. }
        ))
    }

    /// Identical unfinished queries of one channel are one command; other requests never merge.
    pub(crate) fn intent(&self) -> Option<&'static str> {
        match self {
            Self::DeviceInformation {} | Self::SecurityInfo {} | Self::ProfileList {} => {
                Some(self.request_type())
            }
            _ => None,
        }
    }
}
