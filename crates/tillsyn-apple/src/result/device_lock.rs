use plist::Dictionary;

use crate::WireError;
use crate::fields::Read;

/// The answer to `DeviceLock`.
// Apple schema mdm/commands/device.lock.yaml
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceLockResult {
    /// Only when the command had a message or a phone number.
    pub message_result: Option<MessageResult>,
}

/// What became of the message on the lock screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageResult {
    Success,
    DeviceInLostMode,
    NoPasscodeSet,
    /// `Unknown`, or a word that the schema does not have.
    Unknown(String),
}

impl DeviceLockResult {
    pub fn read(body: &Dictionary) -> Result<Self, WireError> {
        let message_result =
            body.opt_text("MessageResult")
                .ok()
                .flatten()
                .map(|text| match text.as_str() {
                    "Success" => MessageResult::Success,
                    "DeviceInLostMode" => MessageResult::DeviceInLostMode,
                    "NoPasscodeSet" => MessageResult::NoPasscodeSet,
                    _ => MessageResult::Unknown(text),
                });
        Ok(Self { message_result })
    }
}
