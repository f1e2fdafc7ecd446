//! Which values of profiles are secrets, in one place.

use plist::Value;

/// Keys of Apple's schema whose value is a secret in any payload. Sorted.
// Apple schema mdm/profiles/*.yaml
pub(super) const SECRET: &[&str] = &[
    "AIMPassword",
    "AuthPassword",
    "AutologinPassword",
    "CalDAVPassword",
    "CardDAVPassword",
    "CertificatePassword",
    "Challenge",
    "HTTPProxyPassword",
    "IncomingPassword",
    "JabberPassword",
    "LDAPAccountPassword",
    // Whatever the maker of an app wants, passwords included.
    "ManagedAppConfig",
    "OutgoingPassword",
    "PSK",
    "Password",
    "PrivateKey",
    "ProxyPassword",
    "RegistrationToken",
    "RemovalPassword",
    "SharedSecret",
    "SubCalAccountPassword",
    "UserPassword",
    "XAuthPassword",
    "password",
    "sharedSecret",
];

/// Keys that sound like a secret and are a setting. Sorted.
pub(super) const SETTING: &[&str] = &[
    "OAuthTokenRequestURL",
    "OneTimeUserPassword",
    "OutgoingPasswordSameAsIncomingPassword",
    "OverridePreviousPassword",
    "PasscodeType",
    "PromptForVPNPIN",
    "TokenCard",
    "XAuthPasswordEncryption",
    "allowPassword",
    "askForPassword",
    "askForPasswordDelay",
    "forceAirPlayIncomingRequestsPairingPassword",
    "forceAirPlayOutgoingRequestsPairingPassword",
    "forcePIN",
    "passwordContentDescription",
    "passwordContentRegex",
    "syncLocalPassword",
    "tokenRemovalAction",
];

/// Keys that are secrets in one payload only: type and key.
const SECRET_IN: &[(&str, &str)] = &[
    // As good as a SCEP challenge.
    ("com.apple.security.acme", "ClientIdentifier"),
    // A private key, behind a password that stands beside it.
    ("com.apple.security.pkcs12", "PayloadContent"),
    ("com.apple.security.pkcs1.p12", "PayloadContent"),
];

/// Names that makers give to secrets, for payloads that nobody knows.
const TELLING: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "sharedkey",
    "privatekey",
    "apikey",
    "challenge",
    "token",
    "recoverykey",
];

/// Whether a text under this key of such a payload is a secret.
pub fn is_secret_key(payload_type: &str, key: &str) -> bool {
    is_secret(payload_type, key, &Value::String(String::new()))
}

/// Whether what stands under this key of such a payload is a secret, itself and all below it.
pub(super) fn is_secret(payload_type: &str, key: &str, value: &Value) -> bool {
    if matches!(value, Value::Boolean(_)) || SETTING.binary_search(&key).is_ok() {
        return false;
    }
    if SECRET.binary_search(&key).is_ok() || SECRET_IN.contains(&(payload_type, key)) {
        return true;
    }
    let lower = key.to_ascii_lowercase();
    TELLING.iter().any(|word| lower.ends_with(word)) || key.ends_with("PIN") || lower == "pin"
}
