//! Takes secrets out of a message before it is kept for people to read.

use plist::Value;

/// Keys whose value is a secret wherever they stand.
const SECRET_KEYS: [&str; 22] = [
    "AuthToken",
    "BootstrapToken",
    "Challenge",
    "DigestChallenge",
    "DigestResponse",
    "EncryptedNewRecoveryKey",
    "FDE_PersonalRecoveryKeyCMS",
    "FDE_PersonalRecoveryKeyDeviceKey",
    "MDMProfileData",
    "NewPassword",
    "PIN",
    "Password",
    "Payload",
    "PrivateKey",
    "PushMagic",
    "PushToken",
    "SecurityToken",
    "Token",
    "TokenData",
    "UnlockToken",
    "WiFiProfileData",
    "passwordHash",
];

/// Replaces every secret by the text `[redacted]`. The value has passed the guard, so the
/// recursion is bounded by its nesting limit.
pub fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Dictionary(dict) => {
            for (key, item) in dict.iter_mut() {
                if SECRET_KEYS.contains(&key.as_str()) {
                    *item = Value::from("[redacted]");
                } else {
                    redact(item);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::encode_plist;
    use crate::plist_guard::{Limits, parse};

    #[test]
    fn secrets_are_replaced_at_any_depth() {
        let text = "<plist><dict><key>PushMagic</key><string>canary</string><key>A</key><array>\
            <dict><key>PIN</key><string>canary</string><key>UDID</key><string>kept</string></dict>\
            </array></dict></plist>";
        let mut value = parse(text.as_bytes(), Limits::CHECK_IN).unwrap();
        redact(&mut value);
        let out = String::from_utf8(encode_plist(&value)).unwrap();
        assert!(!out.contains("canary"));
        assert!(out.contains("kept"));
    }
}
