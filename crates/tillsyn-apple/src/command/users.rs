//! Users of a Shared iPad or a Mac.
// Apple schema mdm/commands/user.*.yaml

use super::body::Rules;
use crate::WireError;
use crate::fields::{bare_command, command};

bare_command! {
    /// `UserList`.
    pub struct UserList;
}

bare_command! {
    /// `LogOutUser`: the present user of a Shared iPad.
    pub struct LogOutUser;
}

bare_command! {
    /// `UserConfigured`: lets a Shared iPad user who awaits the configuration go on.
    pub struct UserConfigured;
}

bare_command! {
    /// `DeviceConfigured`: lets a device that awaits its configuration go on.
    pub struct DeviceConfigured;
}

command! {
    /// `DeleteUser`: with what the user has not synchronised yet, if forced.
    #[derive(Default)]
    pub struct DeleteUser {
        user_name: Option<String> = "UserName",
        /// Shared iPad.
        force_deletion: Option<bool> = "ForceDeletion",
        /// Shared iPad, everyone who is not logged in.
        delete_all_users: Option<bool> = "DeleteAllUsers",
    }
}

impl Rules for DeleteUser {
    fn check(&self) -> Result<(), WireError> {
        let named = self.user_name.as_deref().is_some_and(|n| !n.is_empty());
        if named || self.delete_all_users == Some(true) {
            Ok(())
        } else {
            Err(WireError::Missing { key: "UserName" })
        }
    }
}
