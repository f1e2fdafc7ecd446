use plist::Dictionary;

use super::answer::Answer;
use crate::device::{Device, Effect};
use crate::plists::text;

impl Device {
    /// An iPhone or iPad locks its screen; a Mac restarts and asks for the PIN.
    // Apple schema mdm/commands/device.lock.yaml
    pub(super) fn device_lock(&mut self, request: &Dictionary) -> Answer {
        let mut body = Dictionary::new();
        if self.config.kind.is_mac() {
            let Some(pin) = text(request, "PIN").filter(|pin| pin.len() == 6) else {
                return Answer::error(
                    "MCMDMErrorDomain",
                    12_040,
                    "The PIN must have six characters.",
                );
            };
            return Answer::done().with_effect(Effect::PinLock(pin.to_owned()));
        }
        self.screen_locked = true;
        let has_message =
            text(request, "Message").is_some() || text(request, "PhoneNumber").is_some();
        if has_message {
            let result = if self.has_passcode() {
                "Success"
            } else {
                "NoPasscodeSet"
            };
            body.insert("MessageResult".into(), result.into());
        }
        Answer::acknowledged(body)
    }
}
