use plist::{Dictionary, Value};

use super::answer::Answer;
use super::facts::{IDENTIFIERS, NETWORK_KEYS};
use crate::SimError;
use crate::device::Device;
use crate::plists::texts;

const QUERY_DEVICE: u32 = 16;
const QUERY_NETWORK: u32 = 32;

impl Device {
    /// Only what was asked, and of that only what this device knows and may tell.
    // Apple schema mdm/commands/information.device.yaml
    pub(super) fn device_information(&self, request: &Dictionary) -> Result<Answer, SimError> {
        let Some(queries) = texts(request, "Queries").filter(|queries| !queries.is_empty()) else {
            return Ok(Answer::format_error());
        };
        let profile = &self.enrollment_ref()?.profile;
        let may_tell = |key: &str| {
            let right = if NETWORK_KEYS.contains(&key) {
                QUERY_NETWORK
            } else {
                QUERY_DEVICE
            };
            // The UDID needs no right.
            (key == "UDID" || profile.has_right(right))
                && !(profile.byod && IDENTIFIERS.contains(&key))
        };
        let responses: Dictionary = queries
            .into_iter()
            .filter(|key| may_tell(key))
            .filter_map(|key| self.fact(&key).map(|value| (key, value)))
            .collect();
        let mut body = Dictionary::new();
        body.insert("QueryResponses".into(), Value::Dictionary(responses));
        Ok(Answer::acknowledged(body))
    }
}
