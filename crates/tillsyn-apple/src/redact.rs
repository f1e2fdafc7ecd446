//! Takes secrets out of a message before it is kept for people to read.

use plist::Value;

/// Keys whose value is a secret wherever they stand: in check-ins, commands, answers, profiles
/// and error bodies. Sorted.
const SECRET_KEYS: &[&str] = &[
    "ActivationLockBypassCode",
    "Altitude",
    "AppleCareToken",
    "AuthToken",
    "BootstrapToken",
    "Challenge",
    "ClientIdentifier",
    // Of apps: whatever their maker wants, passwords included.
    "Configuration",
    "Course",
    "CurrentPassword",
    "DigestChallenge",
    "DigestResponse",
    "EncryptedNewRecoveryKey",
    "FDE_PersonalRecoveryKeyCMS",
    "FDE_PersonalRecoveryKeyDeviceKey",
    "HorizontalAccuracy",
    "Latitude",
    "Longitude",
    "MDMProfileData",
    "NewPassword",
    "PIN",
    "Password",
    "Payload",
    "PrivateKey",
    "PrivateKeyExport",
    "PrivateKeyExportPassword",
    "PushMagic",
    "PushToken",
    "SecurityToken",
    "Speed",
    "Token",
    "TokenData",
    "UnlockToken",
    "VerticalAccuracy",
    "WiFiProfileData",
    "iTunesStoreAccountHash",
    "passwordHash",
    "security-token",
];

/// Replaces every secret by the text `[redacted]`. The value has passed the guard, so the
/// recursion is bounded by its nesting limit.
pub fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Dictionary(dict) => {
            for (key, item) in dict.iter_mut() {
                if is_secret(key) {
                    *item = Value::from("[redacted]");
                } else {
                    redact(item);
                }
            }
        }
        _ => {}
    }
}

fn is_secret(key: &str) -> bool {
    // Names that Apple gives to secrets, for what may come later.
    let telling = [
        "password",
        "passcode",
        "recoverykey",
        "bypasscode",
        "unlocktoken",
    ];
    let lower = key.to_ascii_lowercase();
    SECRET_KEYS.binary_search(&key).is_ok() || telling.iter().any(|word| lower.ends_with(word))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::encode_plist;
    use crate::plist_guard::{Limits, parse};
    use crate::testing::all;

    #[test]
    fn the_list_is_sorted() {
        assert!(SECRET_KEYS.is_sorted());
    }

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

    #[test]
    fn every_secret_of_the_wire_is_on_the_list() {
        for key in [
            "ActivationLockBypassCode",
            "AppleCareToken",
            "AuthToken",
            "BootstrapToken",
            "ClientIdentifier",
            "CurrentPassword",
            "EncryptedNewRecoveryKey",
            "FDE_PersonalRecoveryKeyCMS",
            "Latitude",
            "Longitude",
            "NewPassword",
            "PIN",
            "Password",
            "PrivateKeyExport",
            "SecurityToken",
            "TokenData",
            "UnlockToken",
            "passwordHash",
            "security-token",
            "SomeNewPassword",
            "DeviceRecoveryKey",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "PasswordVerified",
            "PasscodeIsSet",
            "Status",
            "Identifier",
            "KeyType",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    /// The typed forms hide their secrets by type; whatever they hide must also go by its key.
    #[test]
    fn what_a_typed_command_hides_is_redacted_too() {
        for (name, bytes) in all("command") {
            let command = crate::command::Command::parse(&bytes).unwrap();
            let shown = format!("{command:?}");
            if !shown.contains("[redacted]") && !shown.contains(" bytes)") {
                continue;
            }
            let mut value = parse(&bytes, Limits::RESULT).unwrap();
            redact(&mut value);
            let text = String::from_utf8(encode_plist(&value)).unwrap();
            assert!(text.contains("[redacted]"), "{name}");
        }
    }
}
