use super::body::Rules;
use crate::fields::command;

command! {
    /// `RemoveProfile`: with the identifier of the enrollment profile it ends the management.
    // Apple schema mdm/commands/profile.remove.yaml
    pub struct RemoveProfile {
        /// The top-level `PayloadIdentifier`.
        identifier: String = "Identifier",
    }
}

impl Rules for RemoveProfile {}
