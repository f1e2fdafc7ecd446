use super::body::Rules;
use crate::fields::command;

command! {
    /// `ProfileList`: the installed configuration profiles.
    // Apple schema mdm/commands/profile.list.yaml
    #[derive(Copy, Default)]
    pub struct ProfileList {
        /// Only what the server installed. Devices in User Enrollment answer so anyway.
        managed_only: Option<bool> = "ManagedOnly",
    }
}

impl Rules for ProfileList {}
