use super::Pin;
use super::body::Rules;
use crate::fields::command;

command! {
    /// `DeviceLock`: locks the screen at once. A Mac restarts and asks for the PIN.
    // Apple schema mdm/commands/device.lock.yaml
    #[derive(Default)]
    pub struct DeviceLock {
        message: Option<String> = "Message",
        phone_number: Option<String> = "PhoneNumber",
        /// macOS only.
        pin: Option<Pin> = "PIN",
    }
}

impl Rules for DeviceLock {
    fn carries_secret(&self) -> bool {
        self.pin.is_some()
    }
}
