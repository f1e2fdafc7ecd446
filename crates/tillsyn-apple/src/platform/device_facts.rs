use super::{AccessRights, EnrollmentType, OsVersion, Ownership, Platform};
use crate::ids::ChannelName;

/// What the capability table must know about one channel of one enrollment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFacts {
    pub platform: Platform,
    /// `None` before the device has said it: version rules are then left to the next check.
    pub os_version: Option<OsVersion>,
    pub supervised: bool,
    /// Enrolled by Automated Device Enrollment.
    pub ade: bool,
    /// The device's answer to `UserApprovedEnrollment`; `None` while it is not known.
    pub user_approved: Option<bool>,
    /// The iPad is shared by several users, each with a channel.
    pub shared_ipad: bool,
    /// This channel waits in Setup Assistant; `None` where nobody knows.
    pub awaiting_configuration: Option<bool>,
    /// The device's answer to `IsAppleSilicon`.
    pub apple_silicon: Option<bool>,
    /// Lost mode is on.
    pub lost_mode: Option<bool>,
    pub enrollment_type: EnrollmentType,
    pub ownership: Ownership,
    pub channel: ChannelName,
    /// `None` in User Enrollment, where the payload must not carry the key.
    pub access_rights: Option<AccessRights>,
    /// The device's answer to `PINRequiredForEraseDevice`.
    pub pin_required_for_erase: Option<bool>,
    /// Removing this one is always allowed: it ends the management.
    pub enrollment_profile_identifier: Option<String>,
}

impl DeviceFacts {
    /// The device channel of a corporate device with every right.
    pub fn corporate(platform: Platform, enrollment_type: EnrollmentType) -> Self {
        Self {
            platform,
            os_version: None,
            supervised: enrollment_type == EnrollmentType::Ade,
            ade: enrollment_type == EnrollmentType::Ade,
            user_approved: None,
            shared_ipad: false,
            awaiting_configuration: None,
            apple_silicon: None,
            lost_mode: None,
            enrollment_type,
            ownership: Ownership::Corporate,
            channel: ChannelName::Device,
            access_rights: Some(AccessRights::ALL),
            pin_required_for_erase: None,
            enrollment_profile_identifier: None,
        }
    }

    /// On iPads only a shared one has user channels.
    pub fn is_shared_ipad(&self) -> bool {
        self.platform.is_ios() && (self.shared_ipad || !self.channel.is_device())
    }

    pub fn is_user_enrollment(&self) -> bool {
        self.enrollment_type == EnrollmentType::AccountDrivenUser
    }

    /// Personal by record, or by its kind of enrollment.
    pub fn is_personal(&self) -> bool {
        self.ownership == Ownership::Personal || self.is_user_enrollment()
    }

    /// A device whose rights are unknown has none, except in User Enrollment, where the
    /// enrollment type decides.
    pub(crate) fn has_right(&self, right: AccessRights) -> bool {
        match self.access_rights {
            Some(rights) => rights.contains(right),
            None => self.is_user_enrollment(),
        }
    }
}
