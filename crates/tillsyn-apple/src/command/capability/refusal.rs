use std::fmt;

/// Why a command is not sent. The detail is for logs and the API; pages word it by the code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    pub code: RefusalCode,
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// This operating system never knows it.
    PlatformUnsupported,
    /// A newer version would.
    OsTooOld,
    /// Apple forbids it in User Enrollment.
    UserEnrollment,
    /// We do not do it to a personal device.
    PersonalDevice,
    /// The other channel would take it.
    Channel,
    /// The enrollment did not grant the right.
    AccessRights,
    /// A Mac needs a PIN to come back.
    PinRequired,
    /// A parameter means nothing, or is impossible, on this device.
    ParameterUnsupported,
}

impl RefusalCode {
    pub const ALL: [Self; 8] = [
        Self::PlatformUnsupported,
        Self::OsTooOld,
        Self::UserEnrollment,
        Self::PersonalDevice,
        Self::Channel,
        Self::AccessRights,
        Self::PinRequired,
        Self::ParameterUnsupported,
    ];

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlatformUnsupported => "platform_unsupported",
            Self::OsTooOld => "os_too_old",
            Self::UserEnrollment => "user_enrollment",
            Self::PersonalDevice => "personal_device",
            Self::Channel => "channel",
            Self::AccessRights => "access_rights",
            Self::PinRequired => "pin_required",
            Self::ParameterUnsupported => "parameter_unsupported",
        }
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
