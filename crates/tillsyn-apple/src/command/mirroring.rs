//! AirPlay from a managed device.
// Apple schema mdm/commands/mirroring.*.yaml

use super::body::Rules;
use crate::fields::{bare_command, command};
use crate::{Sensitive, WireError};

command! {
    /// `RequestMirroring`.
    #[derive(Default)]
    pub struct RequestMirroring {
        destination_name: Option<String> = "DestinationName",
        destination_device_id: Option<String> = "DestinationDeviceID",
        /// Seconds to look for the destination.
        scan_time: Option<i64> = "ScanTime",
        password: Option<Sensitive<String>> = "Password",
    }
}

bare_command! {
    /// `StopMirroring`.
    pub struct StopMirroring;
}

impl Rules for RequestMirroring {
    fn check(&self) -> Result<(), WireError> {
        if self.destination_name.is_none() && self.destination_device_id.is_none() {
            return Err(WireError::Missing {
                key: "DestinationName",
            });
        }
        Ok(())
    }

    fn carries_secret(&self) -> bool {
        self.password.is_some()
    }
}
