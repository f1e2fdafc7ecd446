use plist::Dictionary;

use super::{
    DeviceInformation, DeviceLock, EraseDevice, InstallProfile, ProfileList, RemoveProfile,
    RequestType, SecurityInfo,
};
use crate::WireError;
use crate::fields::{Build, Read};

/// One request with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    DeviceInformation(DeviceInformation),
    SecurityInfo(SecurityInfo),
    ProfileList(ProfileList),
    InstallProfile(InstallProfile),
    RemoveProfile(RemoveProfile),
    DeviceLock(DeviceLock),
    EraseDevice(EraseDevice),
}

impl Request {
    pub fn kind(&self) -> RequestType {
        match self {
            Self::DeviceInformation(_) => RequestType::DeviceInformation,
            Self::SecurityInfo(_) => RequestType::SecurityInfo,
            Self::ProfileList(_) => RequestType::ProfileList,
            Self::InstallProfile(_) => RequestType::InstallProfile,
            Self::RemoveProfile(_) => RequestType::RemoveProfile,
            Self::DeviceLock(_) => RequestType::DeviceLock,
            Self::EraseDevice(_) => RequestType::EraseDevice,
        }
    }

    /// The `RequestType` on the wire.
    pub fn request_type(&self) -> &'static str {
        self.kind().as_str()
    }

    /// True when the encoded command holds a secret and must be sealed while it waits.
    pub fn carries_secret(&self) -> bool {
        match self {
            Self::DeviceLock(lock) => lock.pin.is_some(),
            Self::EraseDevice(erase) => erase.pin.is_some() || erase.return_to_service.is_some(),
            // Profiles hold passwords and keys.
            Self::InstallProfile(_) => true,
            _ => false,
        }
    }

    pub(crate) fn write(&self) -> Dictionary {
        let build = Build::new().set("RequestType", self.request_type());
        match self {
            Self::DeviceInformation(r) => r.write(build),
            Self::SecurityInfo(_) => build,
            Self::ProfileList(r) => r.write(build),
            Self::InstallProfile(r) => r.write(build),
            Self::RemoveProfile(r) => r.write(build),
            Self::DeviceLock(r) => r.write(build),
            Self::EraseDevice(r) => r.write(build),
        }
        .dict()
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(match dict.text("RequestType")?.parse::<RequestType>()? {
            RequestType::DeviceInformation => {
                Self::DeviceInformation(DeviceInformation::read(dict)?)
            }
            RequestType::SecurityInfo => Self::SecurityInfo(SecurityInfo),
            RequestType::ProfileList => Self::ProfileList(ProfileList::read(dict)?),
            RequestType::InstallProfile => Self::InstallProfile(InstallProfile::read(dict)?),
            RequestType::RemoveProfile => Self::RemoveProfile(RemoveProfile::read(dict)?),
            RequestType::DeviceLock => Self::DeviceLock(DeviceLock::read(dict)?),
            RequestType::EraseDevice => Self::EraseDevice(EraseDevice::read(dict)?),
        })
    }
}
