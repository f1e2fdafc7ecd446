use crate::platform::{AccessRights, OsVersion, Platform};

/// A system of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// With iPadOS.
    Ios,
    Macos,
    Tvos,
    Visionos,
    Watchos,
}

impl From<Platform> for System {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Ios | Platform::Ipados => Self::Ios,
            Platform::Macos => Self::Macos,
            Platform::Tvos => Self::Tvos,
            Platform::Visionos => Self::Visionos,
            Platform::Watchos => Self::Watchos,
        }
    }
}

/// What one thing needs on one system. A system without a row does not have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    pub system: System,
    /// The first version that knows it.
    pub introduced: OsVersion,
    pub deprecated: Option<OsVersion>,
    /// The first version without it.
    pub removed: Option<OsVersion>,
    rights: u16,
    flags: u16,
}

pub(super) const SUPERVISED: u16 = 1;
/// Automated Device Enrollment.
pub(super) const ADE: u16 = 2;
pub(super) const USER_APPROVED: u16 = 4;
pub(super) const NO_USER_ENROLLMENT: u16 = 8;
/// Not on the device channel of a Mac.
pub(super) const NO_DEVICE: u16 = 16;
/// On the user channel of a Mac.
pub(super) const USER: u16 = 32;
/// Not on a Shared iPad.
pub(super) const NO_SHARED: u16 = 64;
/// On a Shared iPad only.
pub(super) const ONLY_SHARED: u16 = 128;
/// On the device channel of a Shared iPad.
pub(super) const SHARED_DEVICE: u16 = 256;
/// On the user channel of a Shared iPad.
pub(super) const SHARED_USER: u16 = 512;

type Version = (u32, u32, u32);

/// No version.
pub(super) const NEVER: Version = (0, 0, 0);

const fn version((major, minor, patch): Version) -> OsVersion {
    OsVersion {
        major,
        minor,
        patch,
    }
}

const fn optional(text: Version) -> Option<OsVersion> {
    if text.0 == 0 {
        None
    } else {
        Some(version(text))
    }
}

pub(super) const fn row(
    name: &'static str,
    system: System,
    introduced: Version,
    deprecated: Version,
    removed: Version,
    rights: u16,
    flags: u16,
) -> Row {
    Row {
        name,
        system,
        introduced: version(introduced),
        deprecated: optional(deprecated),
        removed: optional(removed),
        rights,
        flags,
    }
}

impl Row {
    const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// The right of the enrollment that it needs.
    pub fn right(&self) -> Option<AccessRights> {
        AccessRights::single(u32::from(self.rights))
    }

    pub fn supervised(&self) -> bool {
        self.has(SUPERVISED)
    }

    pub fn ade(&self) -> bool {
        self.has(ADE)
    }

    pub fn user_approved(&self) -> bool {
        self.has(USER_APPROVED)
    }

    pub fn user_enrollment(&self) -> bool {
        !self.has(NO_USER_ENROLLMENT)
    }

    pub fn mac_device_channel(&self) -> bool {
        !self.has(NO_DEVICE)
    }

    pub fn mac_user_channel(&self) -> bool {
        self.has(USER)
    }

    pub fn shared_ipad(&self) -> SharedIpad {
        if self.has(NO_SHARED) {
            SharedIpad::Forbidden
        } else if self.has(ONLY_SHARED) {
            SharedIpad::Required
        } else {
            SharedIpad::Allowed
        }
    }

    pub fn shared_device_channel(&self) -> bool {
        self.has(SHARED_DEVICE)
    }

    pub fn shared_user_channel(&self) -> bool {
        self.has(SHARED_USER)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedIpad {
    Allowed,
    Forbidden,
    Required,
}
