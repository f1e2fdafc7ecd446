//! Passcodes of iPhones and iPads.

use plist::{Dictionary, Value};
use tillsyn_pki::hash;

use super::answer::Answer;
use crate::device::Device;
use crate::plists::dict;

impl Device {
    /// Nearly everybody has a passcode.
    pub fn has_passcode(&self) -> bool {
        let chance = self.lasting("passcode", 10) > 0;
        self.memory.passcode.unwrap_or(chance)
    }

    /// The token opens the keybag of the device that made it and no other.
    // Apple schema mdm/commands/passcode.clear.yaml
    pub(super) fn clear_passcode(&mut self, request: &Dictionary) -> Answer {
        let Some(token) = request.get("UnlockToken").and_then(Value::as_data) else {
            return Answer::format_error();
        };
        let own = self.memory.unlock_token.as_deref();
        if !own.is_some_and(|own| hash::constant_time_eq(own, token)) {
            return Answer::mdm_error(12_054, "The unlock token is not valid.");
        }
        self.memory.passcode = Some(false);
        self.screen_locked = false;
        Answer::done()
    }

    // Apple schema mdm/commands/passcode.unlocktoken.yaml
    pub(super) fn request_unlock_token(&mut self) -> Answer {
        let token = Value::Data(self.memory.unlock_token());
        Answer::acknowledged(dict([("UnlockToken", token)]))
    }

    /// The person chooses a passcode, or a new one: the keybag's token changes with it.
    pub fn person_sets_passcode(&mut self) {
        self.memory.passcode = Some(true);
        self.memory.unlock_token = None;
    }

    pub fn passcode_is_set(&self) -> bool {
        self.has_passcode()
    }
}
