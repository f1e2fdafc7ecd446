/// `SecurityInfo`: passcode, encryption, firewall and start-up security.
// Apple schema mdm/commands/information.security.yaml
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SecurityInfo;
