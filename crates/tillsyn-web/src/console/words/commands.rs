use tillsyn_core::commands::Family;

use crate::i18n::Texts;

/// What a type of command does; the vendor's name itself when we have no words for it.
pub fn command(l: Texts, request_type: &str) -> String {
    match request_type {
        "DeviceInformation" => l.t("command-device-information"),
        "SecurityInfo" => l.t("command-security-info"),
        "ProfileList" => l.t("command-profile-list"),
        "InstallProfile" => l.t("command-install-profile"),
        "RemoveProfile" => l.t("command-remove-profile"),
        "DeviceLock" => l.t("command-device-lock"),
        "EraseDevice" => l.t("command-erase-device"),
        "CertificateList" => l.t("command-certificate-list"),
        "InstalledApplicationList" => l.t("command-installed-application-list"),
        "ProvisioningProfileList" => l.t("command-provisioning-profile-list"),
        "Restrictions" => l.t("command-restrictions"),
        "UserList" => l.t("command-user-list"),
        "ContentCachingInformation" => l.t("command-content-caching"),
        "AvailableOSUpdates" => l.t("command-available-os-updates"),
        "OSUpdateStatus" => l.t("command-os-update-status"),
        "ActivationLockBypassCode" => l.t("command-bypass-code"),
        "LOMSetupRequest" => l.t("command-lom-setup"),
        "RestartDevice" => l.t("command-restart"),
        "ShutDownDevice" => l.t("command-shut-down"),
        "ClearPasscode" => l.t("command-clear-passcode"),
        "ClearRestrictionsPassword" => l.t("command-clear-restrictions-password"),
        "EnableRemoteDesktop" => l.t("command-enable-remote-desktop"),
        "DisableRemoteDesktop" => l.t("command-disable-remote-desktop"),
        "RequestMirroring" => l.t("command-request-mirroring"),
        "StopMirroring" => l.t("command-stop-mirroring"),
        "RefreshCellularPlans" => l.t("command-refresh-cellular-plans"),
        "EnableLostMode" => l.t("command-enable-lost-mode"),
        "DisableLostMode" => l.t("command-disable-lost-mode"),
        "DeviceLocation" => l.t("command-device-location"),
        "PlayLostModeSound" => l.t("command-play-sound"),
        "Settings" => l.t("command-settings"),
        "DeleteUser" => l.t("command-delete-user"),
        "LogOutUser" => l.t("command-log-out-user"),
        "UnlockUserAccount" => l.t("command-unlock-user"),
        "AccountConfiguration" => l.t("command-account-configuration"),
        "DeviceConfigured" => l.t("command-device-configured"),
        "UserConfigured" => l.t("command-user-configured"),
        "SetAutoAdminPassword" => l.t("command-set-admin-password"),
        "RotateFileVaultKey" => l.t("command-rotate-filevault"),
        "SetRecoveryLock" => l.t("command-set-recovery-lock"),
        "VerifyRecoveryLock" => l.t("command-verify-recovery-lock"),
        "SetFirmwarePassword" => l.t("command-set-firmware-password"),
        "VerifyFirmwarePassword" => l.t("command-verify-firmware-password"),
        "ClearActivationLockBypassCode" => l.t("command-clear-bypass-code"),
        "LOMDeviceRequest" => l.t("command-lom-request"),
        "InstallProvisioningProfile" => l.t("command-install-provisioning-profile"),
        "RemoveProvisioningProfile" => l.t("command-remove-provisioning-profile"),
        "ScheduleOSUpdate" => l.t("command-schedule-update"),
        "ScheduleOSUpdateScan" => l.t("command-schedule-update-scan"),
        "DeclarativeManagement" => l.t("command-declarative"),
        "TriggerEnhancedLogCollection" => l.t("command-enhanced-logs"),
        "CancelEnhancedLogCollection" => l.t("command-cancel-enhanced-logs"),
        other => other.to_owned(),
    }
}

/// The heading above commands of one family.
pub fn command_family(l: Texts, family: Family) -> String {
    match family {
        Family::Query => l.t("command-family-query"),
        Family::Control => l.t("command-family-control"),
        Family::LostMode => l.t("command-family-lost-mode"),
        Family::Settings => l.t("command-family-settings"),
        Family::Users => l.t("command-family-users"),
        Family::Setup => l.t("command-family-setup"),
        Family::Security => l.t("command-family-security"),
        Family::Profiles => l.t("command-family-profiles"),
        Family::Updates => l.t("command-family-updates"),
        Family::Other => l.t("command-family-other"),
    }
}
