use crate::fields::bare_command;

bare_command! {
    /// `SecurityInfo`: passcode, encryption, firewall and start-up security.
    // Apple schema mdm/commands/information.security.yaml
    pub struct SecurityInfo;
}
