//! Remote desktop, content caching, cellular plans, log collection, declarations.
// Apple schema mdm/commands/remotedesktop.*.yaml, information.contentcaching.yaml,
// device.esim.yaml, declarativemanagement.yaml; OS 27 for enhanced logging

use super::body::Rules;
use crate::fields::{bare_command, command};
use crate::{Sensitive, WireError};

bare_command! {
    /// `EnableRemoteDesktop`.
    pub struct EnableRemoteDesktop;
}

bare_command! {
    /// `DisableRemoteDesktop`.
    pub struct DisableRemoteDesktop;
}

bare_command! {
    /// `ContentCachingInformation`.
    pub struct ContentCachingInformation;
}

command! {
    /// `RefreshCellularPlans`: asks a carrier's server for eSIM plans.
    pub struct RefreshCellularPlans {
        esim_server_url: String = "eSIMServerURL",
    }
}

command! {
    /// `DeclarativeManagement`: begins it, or tells that declarations changed.
    #[derive(Default)]
    pub struct DeclarativeManagement {
        /// The tokens response, as JSON.
        data: Option<Vec<u8>> = "Data",
    }
}

command! {
    /// `TriggerEnhancedLogCollection` (OS 27): logs for AppleCare.
    pub struct TriggerEnhancedLogCollection {
        apple_care_token: Sensitive<String> = "AppleCareToken",
    }
}

bare_command! {
    /// `CancelEnhancedLogCollection` (OS 27).
    pub struct CancelEnhancedLogCollection;
}

impl Rules for RefreshCellularPlans {
    fn check(&self) -> Result<(), WireError> {
        if self.esim_server_url.starts_with("https://") {
            Ok(())
        } else {
            Err(WireError::malformed("eSIMServerURL is no https address"))
        }
    }
}

impl Rules for DeclarativeManagement {}

impl Rules for TriggerEnhancedLogCollection {
    fn check(&self) -> Result<(), WireError> {
        if self.apple_care_token.expose().is_empty() {
            return Err(WireError::malformed("an empty AppleCareToken"));
        }
        Ok(())
    }

    fn carries_secret(&self) -> bool {
        true
    }
}
