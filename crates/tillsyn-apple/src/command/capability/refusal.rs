use std::fmt;

/// Why a command is not sent. The detail is for logs and the API; pages word it by the code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    pub code: RefusalCode,
    pub detail: String,
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $word:literal,)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RefusalCode {
            $($(#[$meta])* $name,)+
        }

        impl RefusalCode {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the API; it never changes.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

codes! {
    /// This operating system never knows it.
    PlatformUnsupported = "platform_unsupported",
    /// A newer version would.
    OsTooOld = "os_too_old",
    /// An older version did; this one no longer has it.
    OsTooNew = "os_too_new",
    /// The version decides, and nobody knows it yet.
    OsUnknown = "os_unknown",
    /// Only for supervised devices.
    Supervision = "supervision",
    /// Only for devices of Automated Device Enrollment.
    Ade = "ade",
    /// Only where the person approved the management on the Mac.
    UserApproved = "user_approved",
    /// Apple forbids it in User Enrollment.
    UserEnrollment = "user_enrollment",
    /// We do not do it to a personal device.
    PersonalDevice = "personal_device",
    /// Not for a Shared iPad, or for nothing else.
    SharedIpad = "shared_ipad",
    /// The other channel would take it.
    Channel = "channel",
    /// The enrollment did not grant the right.
    AccessRights = "access_rights",
    /// Only while the device waits in Setup Assistant.
    AwaitingConfiguration = "awaiting_configuration",
    /// Only for the other kind of processor.
    Processor = "processor",
    /// Only while lost mode is on.
    LostMode = "lost_mode",
    /// A Mac needs a PIN to come back.
    PinRequired = "pin_required",
    /// A parameter means nothing, or is impossible, on this device.
    ParameterUnsupported = "parameter_unsupported",
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
