//! Restart and shut-down.
// Apple schema mdm/commands/device.restart.yaml, device.shutdown.yaml

use super::body::Rules;
use crate::fields::{bare_command, command};

command! {
    /// `RestartDevice`. A device with a passcode is without Wi-Fi until someone unlocks it.
    #[derive(Default)]
    pub struct RestartDevice {
        /// macOS only, as the two below.
        rebuild_kernel_cache: Option<bool> = "RebuildKernelCache",
        kext_paths: Option<Vec<String>> = "KextPaths",
        /// The person chooses the moment.
        notify_user: Option<bool> = "NotifyUser",
    }
}

bare_command! {
    /// `ShutDownDevice`.
    pub struct ShutDownDevice;
}

impl Rules for RestartDevice {}
