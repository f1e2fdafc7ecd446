use super::answer::Answer;
use crate::device::{Device, Effect};

impl Device {
    // Apple schema mdm/commands/device.restart.yaml
    pub(super) fn restart_device(&mut self) -> Answer {
        self.screen_locked = !self.config.kind.is_mac() && self.has_passcode();
        Answer::done().with_effect(Effect::Restart)
    }

    // Apple schema mdm/commands/device.shutdown.yaml
    pub(super) fn shut_down_device() -> Answer {
        Answer::done().with_effect(Effect::ShutDown)
    }
}
