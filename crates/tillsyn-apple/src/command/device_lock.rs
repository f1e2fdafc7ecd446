use plist::Dictionary;

use super::Pin;
use crate::WireError;
use crate::fields::{Build, Read};

/// `DeviceLock`: locks the screen at once. A Mac restarts and asks for the PIN.
// Apple schema mdm/commands/device.lock.yaml
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceLock {
    pub message: Option<String>,
    pub phone_number: Option<String>,
    /// macOS only.
    pub pin: Option<Pin>,
}

impl DeviceLock {
    pub(crate) fn write(&self, build: Build) -> Build {
        build
            .opt("Message", self.message.as_deref())
            .opt("PhoneNumber", self.phone_number.as_deref())
            .opt("PIN", self.pin.as_ref().map(Pin::expose))
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            message: dict.opt_text("Message")?,
            phone_number: dict.opt_text("PhoneNumber")?,
            pin: dict
                .opt_text("PIN")?
                .map(|pin| Pin::new(&pin))
                .transpose()?,
        })
    }
}
