use plist::Value;

use crate::fields::{Mode, Wire};
use crate::{Sensitive, WireError};

/// The six-character PIN that unlocks a locked or erased Mac.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin(Sensitive<String>);

impl Pin {
    /// The schema says six characters. Letters and digits of ASCII are taken; generate digits
    /// only, since the unlock screen of older Macs offers nothing else.
    pub fn new(pin: &str) -> Result<Self, WireError> {
        if pin.len() == 6 && pin.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(Sensitive::new(pin.to_owned())))
        } else {
            Err(WireError::malformed("PIN is not six letters or digits"))
        }
    }

    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Wire for Pin {
    const EXPECTED: &'static str = "string";

    fn from_value(value: &Value, key: &'static str, _: Mode) -> Result<Self, WireError> {
        Self::new(value.as_string().ok_or(WireError::WrongType {
            key,
            expected: Self::EXPECTED,
        })?)
    }

    fn to_value(&self) -> Value {
        Value::from(self.expose())
    }
}
