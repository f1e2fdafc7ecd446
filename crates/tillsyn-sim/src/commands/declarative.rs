use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::device::{Device, Effect};

impl Device {
    /// Declarative management begins, or looks again; the exchange follows the report.
    // Apple schema mdm/commands/declarativemanagement.yaml
    pub(super) fn declarative_management(channel: usize, request: &Dictionary) -> Answer {
        let data = match request.get("Data") {
            None => None,
            Some(Value::Data(data)) => Some(data.clone()),
            Some(_) => return Answer::format_error(),
        };
        Answer::done().with_effect(Effect::Synchronise { channel, data })
    }
}
