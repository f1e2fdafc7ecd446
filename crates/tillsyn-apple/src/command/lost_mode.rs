//! Lost mode of supervised iPhones and iPads.
// Apple schema mdm/commands/device.lostmode.*.yaml

use super::body::Rules;
use crate::WireError;
use crate::fields::{bare_command, command};

command! {
    /// `EnableLostMode`: locks the device with a message, a telephone number, or both.
    #[derive(Default)]
    pub struct EnableLostMode {
        message: Option<String> = "Message",
        phone_number: Option<String> = "PhoneNumber",
        /// In place of "Slide to Unlock".
        footnote: Option<String> = "Footnote",
    }
}

bare_command! {
    /// `DisableLostMode`.
    pub struct DisableLostMode;
}

bare_command! {
    /// `DeviceLocation`: answered only while lost mode is on.
    pub struct DeviceLocation;
}

bare_command! {
    /// `PlayLostModeSound`: until lost mode is left or someone silences it on the device.
    pub struct PlayLostModeSound;
}

impl Rules for EnableLostMode {
    fn check(&self) -> Result<(), WireError> {
        let given = |text: &Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        if given(&self.message) || given(&self.phone_number) {
            Ok(())
        } else {
            Err(WireError::malformed(
                "lost mode needs a message or a telephone number",
            ))
        }
    }
}
