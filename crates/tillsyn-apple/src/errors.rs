//! Error bodies that mean something to a device; sent with status 403.

use crate::fields::Build;
use crate::{encode_plist, media};

/// The device removes its enrollment when it reads this code. Send it only for an enrollment
/// that we hold and have explicitly retired.
// Apple schema mdm/errors/unrecognized.device.yaml
pub const UNRECOGNIZED_DEVICE: &str = "com.apple.unrecognized.device";

/// One error body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorBody {
    pub code: &'static str,
    /// For the device's log.
    pub description: Option<String>,
    /// May be shown to the person.
    pub message: Option<String>,
}

impl ErrorBody {
    /// Must be sent with the body: the device reads JSON or a plist by it.
    pub const CONTENT_TYPE: &'static str = media::PLIST_XML;

    pub fn unrecognized_device() -> Self {
        Self {
            code: UNRECOGNIZED_DEVICE,
            description: None,
            message: None,
        }
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let body = Build::new()
            .set("code", self.code)
            .opt("description", self.description.as_deref())
            .opt("message", self.message.as_deref());
        encode_plist(&body.value())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::plist_guard::{Limits, parse};

    #[test]
    fn unrecognized_device_has_the_lower_case_key() {
        let value = parse(
            &ErrorBody::unrecognized_device().to_plist(),
            Limits::CHECK_IN,
        )
        .unwrap();
        let dict = value.as_dictionary().unwrap();
        assert_eq!(dict.len(), 1);
        assert_eq!(
            dict.get("code").and_then(plist::Value::as_string),
            Some("com.apple.unrecognized.device")
        );
    }
}
