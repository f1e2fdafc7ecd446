use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::WireError;

macro_rules! request_types {
    ($($(#[$meta:meta])* $name:ident,)+) => {
        /// Every command of Apple's schema, named as on the wire.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        pub enum RequestType {
            $($(#[$meta])* $name,)+
        }

        impl RequestType {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)+
                }
            }
        }

        impl FromStr for RequestType {
            type Err = WireError;

            fn from_str(text: &str) -> Result<Self, WireError> {
                match text {
                    $(stringify!($name) => Ok(Self::$name),)+
                    _ => Err(WireError::unsupported("RequestType")),
                }
            }
        }
    };
}

request_types! {
    AccountConfiguration,
    ActivationLockBypassCode,
    ActiveNSExtensions,
    ApplyRedemptionCode,
    AvailableOSUpdates,
    CancelEnhancedLogCollection,
    CertificateList,
    ClearActivationLockBypassCode,
    ClearPasscode,
    ClearRestrictionsPassword,
    ContentCachingInformation,
    DeclarativeManagement,
    DeleteUser,
    DeviceConfigured,
    DeviceInformation,
    DeviceLocation,
    DeviceLock,
    DisableLostMode,
    DisableRemoteDesktop,
    EnableLostMode,
    EnableRemoteDesktop,
    EraseDevice,
    InstallApplication,
    InstallEnterpriseApplication,
    InstallMedia,
    InstallProfile,
    InstallProvisioningProfile,
    InstalledApplicationList,
    InviteToProgram,
    LOMDeviceRequest,
    LOMSetupRequest,
    LogOutUser,
    ManagedApplicationAttributes,
    ManagedApplicationConfiguration,
    ManagedApplicationFeedback,
    ManagedApplicationList,
    ManagedMediaList,
    NSExtensionMappings,
    OSUpdateStatus,
    PlayLostModeSound,
    ProfileList,
    ProvisioningProfileList,
    RefreshCellularPlans,
    RemoveApplication,
    RemoveMedia,
    RemoveProfile,
    RemoveProvisioningProfile,
    RequestMirroring,
    RequestUnlockToken,
    RestartDevice,
    Restrictions,
    RotateFileVaultKey,
    ScheduleOSUpdate,
    ScheduleOSUpdateScan,
    SecurityInfo,
    SetAutoAdminPassword,
    SetFirmwarePassword,
    SetRecoveryLock,
    Settings,
    ShutDownDevice,
    StopMirroring,
    TriggerEnhancedLogCollection,
    UnlockUserAccount,
    UserConfigured,
    UserList,
    ValidateApplications,
    VerifyFirmwarePassword,
    VerifyRecoveryLock,
}

impl RequestType {
    /// iOS and iPadOS answer these at once, also while locked.
    // Apple, "Handling NotNow status responses"
    pub fn never_not_now_on_ios(self) -> bool {
        matches!(
            self,
            Self::DeviceInformation
                | Self::ProfileList
                | Self::DeviceLock
                | Self::EraseDevice
                | Self::ClearPasscode
                | Self::ProvisioningProfileList
                | Self::InstalledApplicationList
                | Self::Restrictions
        )
    }

    /// macOS answers these also in Power Nap.
    // Apple, "Handling NotNow status responses"
    pub fn never_not_now_on_macos(self) -> bool {
        matches!(
            self,
            Self::DeleteUser
                | Self::DeviceLock
                | Self::EraseDevice
                | Self::RestartDevice
                | Self::ShutDownDevice
                | Self::UserList
                | Self::ActivationLockBypassCode
                | Self::ClearActivationLockBypassCode
                | Self::UnlockUserAccount
        )
    }

    /// A query: it changes nothing, and queuing the same one twice for a channel gains nothing.
    pub fn is_query(self) -> bool {
        matches!(
            self,
            Self::DeviceInformation
                | Self::SecurityInfo
                | Self::ProfileList
                | Self::CertificateList
                | Self::InstalledApplicationList
                | Self::ProvisioningProfileList
                | Self::ManagedApplicationList
                | Self::ManagedApplicationAttributes
                | Self::ManagedApplicationConfiguration
                | Self::ManagedMediaList
                | Self::ActiveNSExtensions
                | Self::NSExtensionMappings
                | Self::Restrictions
                | Self::UserList
                | Self::ContentCachingInformation
                | Self::AvailableOSUpdates
                | Self::OSUpdateStatus
                | Self::ActivationLockBypassCode
                | Self::DeviceLocation
                | Self::LOMSetupRequest
                | Self::VerifyFirmwarePassword
                | Self::VerifyRecoveryLock
        )
    }
}

impl fmt::Display for RequestType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
