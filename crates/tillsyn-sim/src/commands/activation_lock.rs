use super::answer::Answer;
use crate::device::Device;
use crate::plists::dict;

impl Device {
    // Apple schema mdm/commands/device.activationlock.bypasscode.yaml
    pub(super) fn activation_lock_bypass(&mut self) -> Answer {
        match self.memory.bypass_code() {
            Some(code) => Answer::acknowledged(dict([("ActivationLockBypassCode", code.into())])),
            None => Answer::mdm_error(12_059, "The bypass code is not available."),
        }
    }

    // Apple schema mdm/commands/device.activationlock.clearbypasscode.yaml
    pub(super) fn clear_activation_lock_bypass(&mut self) -> Answer {
        self.memory.bypass_code = None;
        self.memory.bypass_code_cleared = true;
        Answer::done()
    }

    /// Find My was switched on again: the device makes a new code, the old one is worth nothing.
    pub fn new_activation_lock_bypass_code(&mut self) {
        self.memory.bypass_code = None;
        self.memory.bypass_code_cleared = false;
    }
}
