//! Passwords below the operating system of a Mac.
// Apple schema mdm/commands/passcode.firmware.*.yaml, passcode.recovery.*.yaml

use super::body::Rules;
use crate::fields::command;
use crate::{Sensitive, WireError};

command! {
    /// `SetFirmwarePassword`, on Macs with an Intel processor.
    pub struct SetFirmwarePassword {
        /// Needed when one is set.
        current_password: Option<Sensitive<String>> = "CurrentPassword",
        /// Empty to clear it.
        new_password: Sensitive<String> = "NewPassword",
        allow_oroms: Option<bool> = "AllowOroms",
    }
}

command! {
    /// `VerifyFirmwarePassword`: a wrong one delays the next attempt by 30 seconds.
    pub struct VerifyFirmwarePassword {
        password: Sensitive<String> = "Password",
    }
}

command! {
    /// `SetRecoveryLock`, on Macs with Apple silicon.
    pub struct SetRecoveryLock {
        /// Needed when one is set.
        current_password: Option<Sensitive<String>> = "CurrentPassword",
        /// Empty to clear it.
        new_password: Sensitive<String> = "NewPassword",
    }
}

command! {
    /// `VerifyRecoveryLock`.
    pub struct VerifyRecoveryLock {
        password: Sensitive<String> = "Password",
    }
}

impl Rules for SetFirmwarePassword {
    fn check(&self) -> Result<(), WireError> {
        // The start-up screen can enter nothing else.
        let printable = |byte: u8| (0x20..=0x7e).contains(&byte);
        if self.new_password.expose().bytes().all(printable) {
            Ok(())
        } else {
            Err(WireError::malformed(
                "a firmware password has printable ASCII characters only",
            ))
        }
    }

    fn carries_secret(&self) -> bool {
        true
    }
}

macro_rules! always_secret {
    ($($name:ident),+) => {$(
        impl Rules for $name {
            fn carries_secret(&self) -> bool {
                true
            }
        }
    )+};
}

always_secret!(VerifyFirmwarePassword, SetRecoveryLock, VerifyRecoveryLock);
