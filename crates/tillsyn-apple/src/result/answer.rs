use plist::Dictionary;

use super::{
    ActivationLockBypassCodeResult, AvailableOSUpdatesResult, CertificateListResult,
    ContentCachingInformationResult, DeviceInformationResult, DeviceLocationResult,
    DeviceLockResult, InstalledApplicationListResult, LOMDeviceRequestResult,
    LOMSetupRequestResult, OSUpdateStatusResult, ProfileListResult, ProvisioningProfileListResult,
    RequestMirroringResult, RequestUnlockTokenResult, RestrictionsResult, RotateFileVaultKeyResult,
    ScheduleOSUpdateResult, ScheduleOSUpdateScanResult, SecurityInfoResult,
    SetFirmwarePasswordResult, SettingsResult, UserListResult, VerifyFirmwarePasswordResult,
    VerifyRecoveryLockResult,
};
use crate::WireError;
use crate::command::RequestType;

macro_rules! answers {
    ($($kind:ident($ty:ty),)+) => {
        /// What an acknowledged command answered, by the type of the command.
        #[derive(Debug, Clone, PartialEq)]
        #[expect(clippy::large_enum_variant, reason = "read once and taken apart")]
        pub enum Answer {
            $($kind($ty),)+
            /// This command has no answer beyond its status, or one that we do not read.
            Nothing,
        }

        impl Answer {
            /// The commands whose answer is read.
            pub const KINDS: &'static [RequestType] = &[$(RequestType::$kind,)+];

            /// Reads the body of a result. Absent or mistyped keys are unknown, not an error.
            pub fn read(kind: RequestType, body: &Dictionary) -> Result<Self, WireError> {
                Ok(match kind {
                    $(RequestType::$kind => Self::$kind(<$ty>::read(body)?),)+
                    _ => Self::Nothing,
                })
            }
        }
    };
}

answers! {
    ActivationLockBypassCode(ActivationLockBypassCodeResult),
    AvailableOSUpdates(AvailableOSUpdatesResult),
    CertificateList(CertificateListResult),
    ContentCachingInformation(ContentCachingInformationResult),
    DeviceInformation(DeviceInformationResult),
    DeviceLocation(DeviceLocationResult),
    DeviceLock(DeviceLockResult),
    InstalledApplicationList(InstalledApplicationListResult),
    LOMDeviceRequest(LOMDeviceRequestResult),
    LOMSetupRequest(LOMSetupRequestResult),
    OSUpdateStatus(OSUpdateStatusResult),
    ProfileList(ProfileListResult),
    ProvisioningProfileList(ProvisioningProfileListResult),
    RequestMirroring(RequestMirroringResult),
    RequestUnlockToken(RequestUnlockTokenResult),
    Restrictions(RestrictionsResult),
    RotateFileVaultKey(RotateFileVaultKeyResult),
    ScheduleOSUpdate(ScheduleOSUpdateResult),
    ScheduleOSUpdateScan(ScheduleOSUpdateScanResult),
    SecurityInfo(SecurityInfoResult),
    SetFirmwarePassword(SetFirmwarePasswordResult),
    Settings(SettingsResult),
    UserList(UserListResult),
    VerifyFirmwarePassword(VerifyFirmwarePasswordResult),
    VerifyRecoveryLock(VerifyRecoveryLockResult),
}
