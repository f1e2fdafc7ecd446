use plist::{Dictionary, Value};

use crate::WireError;
use crate::fields::Read;

/// A root certificate for the device to trust.
// Apple schema mdm/profiles/com.apple.security.root.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootPayload {
    pub uuid: String,
    pub display_name: String,
    /// DER.
    pub certificate: Vec<u8>,
}

impl RootPayload {
    pub const TYPE: &'static str = "com.apple.security.root";

    pub(super) fn write(&self, mut payload: Dictionary) -> Value {
        payload.insert(
            "PayloadDisplayName".into(),
            self.display_name.as_str().into(),
        );
        payload.insert(
            "PayloadContent".into(),
            Value::Data(self.certificate.clone()),
        );
        Value::Dictionary(payload)
    }

    pub(super) fn read(payload: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            uuid: payload.text("PayloadUUID")?,
            display_name: payload.opt_text("PayloadDisplayName")?.unwrap_or_default(),
            certificate: payload.data("PayloadContent")?,
        })
    }
}
