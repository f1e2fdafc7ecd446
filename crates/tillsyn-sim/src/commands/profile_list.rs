use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::SimError;
use crate::device::Device;
use crate::plists::flag;

impl Device {
    /// The enrollment profile and everything else on this channel.
    // Apple schema mdm/commands/profile.list.yaml
    pub(super) fn profile_list(
        &self,
        channel: usize,
        request: &Dictionary,
    ) -> Result<Answer, SimError> {
        let enrollment = &self.enrollment_ref()?.profile;
        let managed_only = flag(request, "ManagedOnly") == Some(true) || enrollment.byod;
        let supervised = self.config.supervised;
        let own = (channel == 0).then_some(&enrollment.stored);
        let others = self.profiles.get(&channel).into_iter().flatten();
        let listed = own
            .into_iter()
            .filter(|_| !managed_only)
            .chain(others.filter(|profile| profile.managed || !managed_only))
            .map(|profile| profile.listed(supervised))
            .collect();
        let mut body = Dictionary::new();
        body.insert("ProfileList".into(), Value::Array(listed));
        Ok(Answer::acknowledged(body))
    }
}
