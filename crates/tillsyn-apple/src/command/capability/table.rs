//! The table itself, so that a later generator can replace this file.

use crate::command::RequestType;
use crate::platform::{OsVersion, Platform};

/// One command. Versions are the first that know it, `None` where it does not exist.
#[derive(Debug, Clone, Copy)]
pub struct CommandRule {
    pub request_type: RequestType,
    pub ios: Option<OsVersion>,
    pub macos: Option<OsVersion>,
    pub tvos: Option<OsVersion>,
    pub visionos: Option<OsVersion>,
    pub watchos: Option<OsVersion>,
    /// User Enrollment on iOS, iPadOS and visionOS.
    pub user_enrollment: bool,
    pub user_enrollment_macos: bool,
    /// User channel of a Shared iPad.
    pub shared_ipad_user: bool,
    /// User channel of a Mac.
    pub macos_user: bool,
    /// Done to personal devices.
    pub personal: bool,
}

impl CommandRule {
    pub fn of(request_type: RequestType) -> Option<&'static Self> {
        COMMANDS
            .iter()
            .find(|rule| rule.request_type == request_type)
    }

    pub fn first_version(&self, platform: Platform) -> Option<OsVersion> {
        match platform {
            Platform::Ios | Platform::Ipados => self.ios,
            Platform::Macos => self.macos,
            Platform::Tvos => self.tvos,
            Platform::Visionos => self.visionos,
            Platform::Watchos => self.watchos,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the column type of the table")]
const fn since(major: u32, minor: u32) -> Option<OsVersion> {
    Some(OsVersion::new(major, minor))
}

/// Known everywhere, on every channel, in every enrollment.
const fn everywhere(request_type: RequestType) -> CommandRule {
    CommandRule {
        request_type,
        ios: since(4, 0),
        macos: since(10, 7),
        tvos: since(9, 0),
        visionos: since(1, 1),
        watchos: since(10, 0),
        user_enrollment: true,
        user_enrollment_macos: true,
        shared_ipad_user: true,
        macos_user: true,
        personal: true,
    }
}

// Apple schema mdm/commands/*.yaml, iOS 18.2 and macOS 15.2.
pub const COMMANDS: &[CommandRule] = &[
    everywhere(RequestType::DeviceInformation),
    CommandRule {
        shared_ipad_user: false,
        ..everywhere(RequestType::SecurityInfo)
    },
    everywhere(RequestType::ProfileList),
    everywhere(RequestType::InstallProfile),
    everywhere(RequestType::RemoveProfile),
    CommandRule {
        tvos: None,
        visionos: since(2, 0),
        user_enrollment_macos: false,
        shared_ipad_user: false,
        macos_user: false,
        ..everywhere(RequestType::DeviceLock)
    },
    CommandRule {
        tvos: since(10, 2),
        user_enrollment: false,
        user_enrollment_macos: false,
        shared_ipad_user: false,
        macos_user: false,
        personal: false,
        ..everywhere(RequestType::EraseDevice)
    },
];
