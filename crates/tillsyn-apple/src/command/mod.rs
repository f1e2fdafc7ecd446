//! Commands: what the server answers to a poll. Every `RequestType` of Apple's schema has its
//! typed form in [`Request`], except those for apps, books and media.

mod accounts;
mod activation_lock;
pub(crate) mod body;
pub mod capability;
mod device_information;
mod device_lock;
mod envelope;
mod erase_device;
mod file_vault;
mod install_profile;
mod lists;
mod lom;
mod lost_mode;
mod mac_passwords;
mod mirroring;
mod os_update;
mod passcode;
mod pin;
mod power;
mod profile_list;
pub mod queries;
pub mod raw;
mod remove_profile;
mod request;
mod request_type;
pub mod schema;
mod security_info;
mod services;
pub mod settings;
mod users;

pub use accounts::{
    AccountConfiguration, AutoSetupAdminAccount, SetAutoAdminPassword, UnlockUserAccount,
};
pub use activation_lock::{ActivationLockBypassCode, ClearActivationLockBypassCode};
pub use device_information::{ATTESTATION_QUERY, DeviceInformation};
pub use device_lock::DeviceLock;
pub use envelope::Command;
pub use erase_device::{EraseDevice, ObliterationBehavior, ReturnToService};
pub use file_vault::{FileVaultKeyType, FileVaultUnlock, RotateFileVaultKey};
pub use install_profile::InstallProfile;
pub use lists::{
    CertificateList, InstallProvisioningProfile, InstalledApplicationList, ProvisioningProfileList,
    RemoveProvisioningProfile, Restrictions,
};
pub use lom::{LOMDeviceRequest, LOMSetupRequest, LomAct, LomRequest};
pub use lost_mode::{DeviceLocation, DisableLostMode, EnableLostMode, PlayLostModeSound};
pub use mac_passwords::{
    SetFirmwarePassword, SetRecoveryLock, VerifyFirmwarePassword, VerifyRecoveryLock,
};
pub use mirroring::{RequestMirroring, StopMirroring};
pub use os_update::{
    AvailableOSUpdates, InstallAction, OSUpdateStatus, ScheduleOSUpdate, ScheduleOSUpdateScan,
    ScheduledUpdate, UpdatePriority,
};
pub use passcode::{ClearPasscode, ClearRestrictionsPassword, RequestUnlockToken};
pub use pin::Pin;
pub use power::{RestartDevice, ShutDownDevice};
pub use profile_list::ProfileList;
pub use raw::RawCommand;
pub use remove_profile::RemoveProfile;
pub use request::Request;
pub use request_type::RequestType;
pub use security_info::SecurityInfo;
pub use services::{
    CancelEnhancedLogCollection, ContentCachingInformation, DeclarativeManagement,
    DisableRemoteDesktop, EnableRemoteDesktop, RefreshCellularPlans, TriggerEnhancedLogCollection,
};
pub use settings::{Settings, SettingsItem};
pub use users::{DeleteUser, DeviceConfigured, LogOutUser, UserConfigured, UserList};

#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;
