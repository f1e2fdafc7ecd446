use plist::Dictionary;

use super::answer::Answer;
use crate::SimError;
use crate::device::{Device, Effect};
use crate::plists::text;

impl Device {
    /// `Acknowledged` means that it has begun; nothing is left afterwards.
    // Apple schema mdm/commands/device.erase.yaml
    pub(super) fn erase_device(&mut self, request: &Dictionary) -> Result<Answer, SimError> {
        if self.enrollment_ref()?.profile.byod {
            return Ok(Answer::error(
                "MCMDMErrorDomain",
                12_078,
                "“EraseDevice” is not allowed in User Enrollment.",
            ));
        }
        // Macs without Apple silicon or T2 cannot erase content and settings alone.
        let needs_pin = self.config.kind.is_mac() && !self.config.model.apple_silicon;
        let pin = text(request, "PIN");
        if (needs_pin && pin.is_none()) || pin.is_some_and(|pin| pin.len() != 6) {
            return Ok(Answer::error(
                "MCMDMErrorDomain",
                12_040,
                "The PIN must have six characters.",
            ));
        }
        Ok(Answer::done().with_effect(Effect::Erase))
    }
}
