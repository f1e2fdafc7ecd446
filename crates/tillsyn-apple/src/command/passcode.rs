//! Passcodes of iPhones, iPads, watches and Vision Pro.
// Apple schema mdm/commands/passcode.clear.yaml, passcode.unlocktoken.yaml,
// device.restrictions.clearpassword.yaml

use super::body::Rules;
use crate::fields::{bare_command, command};
use crate::{Sensitive, WireError};

command! {
    /// `ClearPasscode`, with the token of the last `TokenUpdate` that had one.
    pub struct ClearPasscode {
        unlock_token: Sensitive<Vec<u8>> = "UnlockToken",
    }
}

bare_command! {
    /// `RequestUnlockToken`: deprecated; the token comes in `TokenUpdate`.
    pub struct RequestUnlockToken;
}

bare_command! {
    /// `ClearRestrictionsPassword`: removes the code and the limits a person set.
    pub struct ClearRestrictionsPassword;
}

impl Rules for ClearPasscode {
    fn check(&self) -> Result<(), WireError> {
        if self.unlock_token.expose().is_empty() {
            return Err(WireError::malformed("an empty UnlockToken"));
        }
        Ok(())
    }

    fn carries_secret(&self) -> bool {
        true
    }
}
