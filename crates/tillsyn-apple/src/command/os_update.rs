//! Software updates by command: removed in OS 27, where declarations take their place.
// Apple schema mdm/commands/system.update.*.yaml

use super::body::Rules;
use crate::WireError;
use crate::fields::{bare_command, command, dictionary, words};

bare_command! {
    /// `AvailableOSUpdates`.
    pub struct AvailableOSUpdates;
}

bare_command! {
    /// `OSUpdateStatus`.
    pub struct OSUpdateStatus;
}

command! {
    /// `ScheduleOSUpdateScan`.
    #[derive(Default)]
    pub struct ScheduleOSUpdateScan {
        force: Option<bool> = "Force",
    }
}

command! {
    /// `ScheduleOSUpdate`.
    pub struct ScheduleOSUpdate {
        updates: Vec<ScheduledUpdate> = "Updates",
    }
}

dictionary! {
    /// One update and what is done with it.
    #[derive(Eq)]
    pub struct ScheduledUpdate {
        /// Of `AvailableOSUpdates`.
        product_key: Option<String> = "ProductKey",
        product_version: Option<String> = "ProductVersion",
        install_action: InstallAction = "InstallAction",
        /// macOS, with `InstallLater`.
        max_user_deferrals: Option<i64> = "MaxUserDeferrals",
        priority: Option<UpdatePriority> = "Priority",
    }
}

words! {
    pub enum InstallAction {
        Default = "Default",
        DownloadOnly = "DownloadOnly",
        InstallAsap = "InstallASAP",
        NotifyOnly = "NotifyOnly",
        InstallLater = "InstallLater",
        InstallForceRestart = "InstallForceRestart",
    }
}

words! {
    pub enum UpdatePriority {
        Low = "Low",
        High = "High",
    }
}

impl Rules for ScheduleOSUpdateScan {}

impl Rules for ScheduleOSUpdate {
    fn check(&self) -> Result<(), WireError> {
        if self.updates.is_empty() {
            return Err(WireError::malformed("no update is named"));
        }
        for update in &self.updates {
            if update.product_key.is_none() && update.product_version.is_none() {
                return Err(WireError::Missing { key: "ProductKey" });
            }
        }
        Ok(())
    }
}
