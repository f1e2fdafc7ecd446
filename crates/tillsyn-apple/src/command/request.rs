use plist::Dictionary;

use super::body::{Rules, Shape};
use super::{
    AccountConfiguration, ActivationLockBypassCode, AvailableOSUpdates,
    CancelEnhancedLogCollection, CertificateList, ClearActivationLockBypassCode, ClearPasscode,
    ClearRestrictionsPassword, ContentCachingInformation, DeclarativeManagement, DeleteUser,
    DeviceConfigured, DeviceInformation, DeviceLocation, DeviceLock, DisableLostMode,
    DisableRemoteDesktop, EnableLostMode, EnableRemoteDesktop, EraseDevice, InstallProfile,
    InstallProvisioningProfile, InstalledApplicationList, LOMDeviceRequest, LOMSetupRequest,
    LogOutUser, OSUpdateStatus, PlayLostModeSound, ProfileList, ProvisioningProfileList,
    RefreshCellularPlans, RemoveProfile, RemoveProvisioningProfile, RequestMirroring, RequestType,
    RequestUnlockToken, RestartDevice, Restrictions, RotateFileVaultKey, ScheduleOSUpdate,
    ScheduleOSUpdateScan, SecurityInfo, SetAutoAdminPassword, SetFirmwarePassword, SetRecoveryLock,
    Settings, ShutDownDevice, StopMirroring, TriggerEnhancedLogCollection, UnlockUserAccount,
    UserConfigured, UserList, VerifyFirmwarePassword, VerifyRecoveryLock,
};
use crate::WireError;
use crate::fields::{Build, Read};

macro_rules! requests {
    ($($name:ident,)+) => {
        /// One request with its parameters.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Request {
            $($name($name),)+
        }

        impl Request {
            /// Every type that has a builder.
            pub const KINDS: &'static [RequestType] = &[$(RequestType::$name,)+];

            pub fn kind(&self) -> RequestType {
                match self {
                    $(Self::$name(_) => RequestType::$name,)+
                }
            }

            /// What the schema demands of the parameters beyond their types.
            pub fn validate(&self) -> Result<(), WireError> {
                match self {
                    $(Self::$name(r) => r.check(),)+
                }
            }

            /// True when the encoded command holds a secret and must be sealed while it waits.
            pub fn carries_secret(&self) -> bool {
                match self {
                    $(Self::$name(r) => r.carries_secret(),)+
                }
            }

            pub(crate) fn write(&self) -> Dictionary {
                let build = Build::new().set("RequestType", self.request_type());
                match self {
                    $(Self::$name(r) => r.write(build),)+
                }
                .dict()
            }

            pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
                let kind = dict.text("RequestType")?.parse::<RequestType>()?;
                let request = match kind {
                    $(RequestType::$name => Self::$name($name::read(dict)?),)+
                    _ => return Err(WireError::unsupported("RequestType")),
                };
                request.validate()?;
                Ok(request)
            }
        }
    };
}

requests! {
    DeviceInformation,
    SecurityInfo,
    ProfileList,
    CertificateList,
    InstalledApplicationList,
    ProvisioningProfileList,
    Restrictions,
    UserList,
    ContentCachingInformation,
    InstallProfile,
    RemoveProfile,
    InstallProvisioningProfile,
    RemoveProvisioningProfile,
    Settings,
    DeclarativeManagement,
    DeviceLock,
    EraseDevice,
    RestartDevice,
    ShutDownDevice,
    EnableLostMode,
    DisableLostMode,
    DeviceLocation,
    PlayLostModeSound,
    ActivationLockBypassCode,
    ClearActivationLockBypassCode,
    ClearPasscode,
    RequestUnlockToken,
    ClearRestrictionsPassword,
    SetFirmwarePassword,
    VerifyFirmwarePassword,
    SetRecoveryLock,
    VerifyRecoveryLock,
    RotateFileVaultKey,
    AccountConfiguration,
    SetAutoAdminPassword,
    UnlockUserAccount,
    DeviceConfigured,
    UserConfigured,
    DeleteUser,
    LogOutUser,
    EnableRemoteDesktop,
    DisableRemoteDesktop,
    RequestMirroring,
    StopMirroring,
    RefreshCellularPlans,
    LOMDeviceRequest,
    LOMSetupRequest,
    AvailableOSUpdates,
    ScheduleOSUpdate,
    ScheduleOSUpdateScan,
    OSUpdateStatus,
    TriggerEnhancedLogCollection,
    CancelEnhancedLogCollection,
}

impl Request {
    /// The `RequestType` on the wire.
    pub fn request_type(&self) -> &'static str {
        self.kind().as_str()
    }
}
