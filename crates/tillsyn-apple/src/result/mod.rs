//! What a device reports at `ServerURL`: a status, and the answer to a command.
//!
//! The readers treat an absent key as unknown, never as false: devices leave out what their
//! system, channel or enrollment does not allow.

mod answer;
mod command_result;
mod content_caching;
mod device_details;
mod device_information;
mod device_lock;
mod error_chain;
mod fact;
mod lists;
mod lost_mode;
mod os_update;
mod profile_list;
mod restrictions;
mod secrets;
mod security_details;
mod security_info;
mod services;
mod settings;
mod status;

pub use answer::Answer;
pub use command_result::CommandResult;
pub use content_caching::{
    CacheAlert, CacheLocalNetwork, CacheNeighbour, CacheNeighbourDetails, ContentCaching,
    ContentCachingInformationResult, DataMigrationError,
};
pub use device_details::{AutoSetupAdmin, DeviceDetails, OsUpdateSettings, UpdateRecommendation};
pub use device_information::DeviceInformationResult;
pub use device_lock::{DeviceLockResult, MessageResult};
pub use error_chain::ErrorChainItem;
pub use fact::Fact;
pub use lists::{
    CertificateListResult, InstalledApplication, InstalledApplicationListResult,
    InstalledCertificate, InstalledProvisioningProfile, ListedUser, ProvisioningProfileListResult,
    UserListResult,
};
pub use lost_mode::DeviceLocationResult;
pub use os_update::{
    AvailableOSUpdatesResult, AvailableUpdate, OSUpdateStatusResult, ScheduleOSUpdateResult,
    ScheduleOSUpdateScanResult, UpdateProgress, UpdateResult, UpdateStatus,
};
pub use profile_list::{InstalledPayload, InstalledProfile, PROFILE_FACTS, ProfileListResult};
pub use restrictions::{
    RestrictedFlag, RestrictedList, RestrictedNumber, RestrictionSet, RestrictionsResult,
};
pub use secrets::{
    ActivationLockBypassCodeResult, PasswordChanged, PasswordVerified, RequestUnlockTokenResult,
    RotateFileVaultKeyResult, RotateResult, SetFirmwarePasswordResult,
    VerifyFirmwarePasswordResult, VerifyRecoveryLockResult,
};
pub use security_details::{
    FirewallApplication, FirewallDetails, FirmwarePasswordDetails, SecureBootDetails,
    SecurityDetails,
};
pub use security_info::SecurityInfoResult;
pub(crate) use security_info::security_fact_in_user_enrollment;
pub use services::{
    LOMDeviceRequestResult, LOMSetupRequestResult, LomResponse, MirroringResult,
    RequestMirroringResult,
};
pub use settings::{SettingsItemResult, SettingsResult};
pub use status::Status;

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod tests;
