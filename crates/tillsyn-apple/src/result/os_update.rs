//! Software updates by command.
// Apple schema mdm/commands/system.update.*.yaml

use crate::fields::{answer, dictionary, open_words};

answer! {
    #[derive(Eq)]
    pub struct AvailableOSUpdatesResult {
        updates: Option<Vec<AvailableUpdate>> = "AvailableOSUpdates",
    }
}

dictionary! {
    #[derive(Eq, Default)]
    pub struct AvailableUpdate {
        product_key: Option<String> = "ProductKey",
        human_readable_name: Option<String> = "HumanReadableName",
        human_readable_name_locale: Option<String> = "HumanReadableNameLocale",
        product_name: Option<String> = "ProductName",
        version: Option<String> = "Version",
        build: Option<String> = "Build",
        /// Bytes.
        download_size: Option<i64> = "DownloadSize",
        install_size: Option<i64> = "InstallSize",
        metadata_url: Option<String> = "MetadataURL",
        app_identifiers_to_close: Option<Vec<String>> = "AppIdentifiersToClose",
        is_critical: Option<bool> = "IsCritical",
        is_config_data_update: Option<bool> = "IsConfigDataUpdate",
        is_firmware_update: Option<bool> = "IsFirmwareUpdate",
        is_major_os_update: Option<bool> = "IsMajorOSUpdate",
        is_security_response: Option<bool> = "IsSecurityResponse",
        restart_required: Option<bool> = "RestartRequired",
        allows_install_later: Option<bool> = "AllowsInstallLater",
        deferred_until: Option<plist::Date> = "DeferredUntil",
        requires_bootstrap_token: Option<bool> = "RequiresBootstrapToken",
        supplemental_build_version: Option<String> = "SupplementalBuildVersion",
        supplemental_os_version_extra: Option<String> = "SupplementalOSVersionExtra",
    }
}

answer! {
    #[derive(Eq)]
    pub struct ScheduleOSUpdateScanResult {
        scan_initiated: Option<bool> = "ScanInitiated",
    }
}

answer! {
    #[derive(Eq)]
    pub struct ScheduleOSUpdateResult {
        results: Option<Vec<UpdateResult>> = "UpdateResults",
    }
}

dictionary! {
    #[derive(Eq)]
    pub struct UpdateResult {
        product_key: Option<String> = "ProductKey",
        install_action: Option<String> = "InstallAction",
        status: Option<UpdateStatus> = "Status",
    }
}

open_words! {
    pub enum UpdateStatus {
        Idle = "Idle",
        Downloading = "Downloading",
        DownloadFailed = "DownloadFailed",
        DownloadRequiresComputer = "DownloadRequiresComputer",
        DownloadInsufficientSpace = "DownloadInsufficientSpace",
        DownloadInsufficientPower = "DownloadInsufficientPower",
        DownloadInsufficientNetwork = "DownloadInsufficientNetwork",
        Installing = "Installing",
        InstallInsufficientSpace = "InstallInsufficientSpace",
        InstallInsufficientPower = "InstallInsufficientPower",
        InstallPhoneCallInProgress = "InstallPhoneCallInProgress",
        InstallFailed = "InstallFailed",
    }
}

answer! {
    pub struct OSUpdateStatusResult {
        updates: Option<Vec<UpdateProgress>> = "OSUpdateStatus",
    }
}

dictionary! {
    #[derive(Default)]
    pub struct UpdateProgress {
        product_key: Option<String> = "ProductKey",
        is_downloaded: Option<bool> = "IsDownloaded",
        /// 0.0 to 1.0.
        download_percent_complete: Option<f64> = "DownloadPercentComplete",
        status: Option<UpdateStatus> = "Status",
        max_deferrals: Option<i64> = "MaxDeferrals",
        deferrals_remaining: Option<i64> = "DeferralsRemaining",
        next_scheduled_install: Option<plist::Date> = "NextScheduledInstall",
        past_notifications: Option<Vec<plist::Date>> = "PastNotifications",
    }
}
