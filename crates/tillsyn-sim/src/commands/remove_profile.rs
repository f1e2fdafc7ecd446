use plist::Dictionary;

use super::answer::Answer;
use crate::SimError;
use crate::device::{Device, Effect};
use crate::plists::text;

impl Device {
    /// With the identifier of the enrollment profile this is the end of management.
    // Apple schema mdm/commands/profile.remove.yaml
    pub(super) fn remove_profile(
        &mut self,
        channel: usize,
        request: &Dictionary,
    ) -> Result<Answer, SimError> {
        let Some(identifier) = text(request, "Identifier") else {
            return Ok(Answer::format_error());
        };
        if channel == 0 && identifier == self.enrollment_ref()?.profile.stored.identifier {
            return Ok(Answer::done().with_effect(Effect::Unenroll));
        }
        let profiles = self.profiles.entry(channel).or_default();
        let before = profiles.len();
        // What a person installed is not the server's to remove.
        profiles.retain(|profile| !(profile.managed && profile.identifier == identifier));
        if profiles.len() < before {
            return Ok(Answer::done());
        }
        Ok(Answer::error(
            "MDMClientError",
            89,
            format!("Profile with identifier “{identifier}” not found."),
        ))
    }
}
