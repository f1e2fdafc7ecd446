use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::{Device, Effect};
use crate::plists::{flag, text};

impl Device {
    /// `Acknowledged` means that it has begun; nothing is left afterwards.
    // Apple schema mdm/commands/device.erase.yaml
    pub(super) fn erase_device(&mut self, request: &Dictionary) -> Answer {
        // Macs without Apple silicon or T2 cannot erase content and settings alone.
        let needs_pin = self.config.kind.is_mac() && !self.config.model.apple_silicon;
        let pin = text(request, "PIN");
        if (needs_pin && pin.is_none()) || pin.is_some_and(|pin| pin.len() != 6) {
            return Answer::error(
                "MCMDMErrorDomain",
                12_040,
                "The PIN must have six characters.",
            );
        }
        let back = request
            .get("ReturnToService")
            .and_then(Value::as_dictionary);
        let back = back.filter(|back| flag(back, "Enabled") == Some(true));
        if let Some(back) = back {
            if self.config.kind.is_mac() {
                return Answer::mdm_error(12_085, "Macs do not return to service.");
            }
            let profile = back.get("MDMProfileData").and_then(Value::as_data);
            // Without one the device asks where Automated Device Enrollment sends it.
            if profile.is_none() && !self.config.automated {
                return Answer::mdm_error(12_086, "The enrollment profile is missing.");
            }
            return Answer::done().with_effect(Effect::EraseAndReturn(profile.map(<[u8]>::to_vec)));
        }
        Answer::done().with_effect(Effect::Erase)
    }
}
