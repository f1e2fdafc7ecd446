//! Accounts of a Mac, made and changed during and after Setup Assistant.
// Apple schema mdm/commands/account.configuration.yaml, set.auto.admin.password.yaml,
// user.unlock.yaml

use super::body::Rules;
use crate::fields::{command, dictionary};
use crate::{Sensitive, WireError};

command! {
    /// `AccountConfiguration`: obeyed only while the Mac awaits its configuration.
    #[derive(Default)]
    pub struct AccountConfiguration {
        skip_primary_setup_account_creation: Option<bool> = "SkipPrimarySetupAccountCreation",
        set_primary_setup_account_as_regular_user: Option<bool> =
            "SetPrimarySetupAccountAsRegularUser",
        primary_account_full_name: Option<String> = "PrimaryAccountFullName",
        primary_account_user_name: Option<String> = "PrimaryAccountUserName",
        dont_auto_populate_primary_account_info: Option<bool> =
            "DontAutoPopulatePrimaryAccountInfo",
        lock_primary_account_info: Option<bool> = "LockPrimaryAccountInfo",
        /// Only the first is used.
        auto_setup_admin_accounts: Option<Vec<AutoSetupAdminAccount>> = "AutoSetupAdminAccounts",
        managed_local_user_short_name: Option<String> = "ManagedLocalUserShortName",
    }
}

dictionary! {
    /// The administrator that Setup Assistant makes.
    #[derive(Eq)]
    pub struct AutoSetupAdminAccount {
        short_name: String = "shortName",
        full_name: Option<String> = "fullName",
        /// `SALTED-SHA512-PBKDF2` as a binary plist.
        password_hash: Option<Sensitive<Vec<u8>>> = "passwordHash",
        hidden: Option<bool> = "hidden",
    }
}

command! {
    /// `SetAutoAdminPassword`: a new password for the administrator of `AccountConfiguration`.
    pub struct SetAutoAdminPassword {
        guid: String = "GUID",
        /// `SALTED-SHA512-PBKDF2` as a binary plist.
        password_hash: Sensitive<Vec<u8>> = "passwordHash",
    }
}

command! {
    /// `UnlockUserAccount`: after too many wrong passwords.
    pub struct UnlockUserAccount {
        user_name: String = "UserName",
    }
}

impl Rules for AccountConfiguration {
    fn check(&self) -> Result<(), WireError> {
        let regular = self.set_primary_setup_account_as_regular_user == Some(true);
        let skipped = self.skip_primary_setup_account_creation == Some(true);
        let admins = self.auto_setup_admin_accounts.as_ref().map_or(0, Vec::len);
        // Otherwise the Mac would have no administrator.
        if (regular || skipped) && admins == 0 {
            return Err(WireError::Missing {
                key: "AutoSetupAdminAccounts",
            });
        }
        Ok(())
    }

    fn carries_secret(&self) -> bool {
        self.auto_setup_admin_accounts
            .iter()
            .flatten()
            .any(|account| account.password_hash.is_some())
    }
}

impl Rules for SetAutoAdminPassword {
    fn carries_secret(&self) -> bool {
        true
    }
}

impl Rules for UnlockUserAccount {}
