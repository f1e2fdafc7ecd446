//! Bypass codes for Activation Lock that the device makes.
// Apple schema mdm/commands/device.activationlock.*.yaml

use crate::fields::bare_command;

bare_command! {
    /// `ActivationLockBypassCode`: available for 15 days after supervision; ask at every
    /// inventory, since the device may make a new one.
    pub struct ActivationLockBypassCode;
}

bare_command! {
    /// `ClearActivationLockBypassCode`: the device forgets its code and makes no new one.
    pub struct ClearActivationLockBypassCode;
}
