//! What makes two payloads one and the same network or account on a device.

use plist::{Dictionary, Value};

/// Payload type, key of the host, key of the user: two of these with equal values are one account.
// Apple schema mdm/profiles/*.account.yaml, com.apple.mail.managed.yaml
const ACCOUNTS: [(&str, &str, &str); 7] = [
    (
        "com.apple.caldav.account",
        "CalDAVHostName",
        "CalDAVUsername",
    ),
    (
        "com.apple.carddav.account",
        "CardDAVHostName",
        "CardDAVUsername",
    ),
    ("com.apple.eas.account", "Host", "UserName"),
    ("com.apple.ews.account", "Host", "UserName"),
    (
        "com.apple.ldap.account",
        "LDAPAccountHostName",
        "LDAPAccountUserName",
    ),
    (
        "com.apple.mail.managed",
        "IncomingMailServerHostName",
        "IncomingMailServerUsername",
    ),
    (
        "com.apple.subscribedcalendar.account",
        "SubCalAccountHostName",
        "SubCalAccountUsername",
    ),
];

/// Host and user, in lower case; an account without a user is that of whoever signs in.
pub(super) fn account(payload_type: &str, payload: &Dictionary) -> Option<(String, String)> {
    let (_, host, user) = ACCOUNTS.iter().find(|(kind, _, _)| *kind == payload_type)?;
    let host = text(payload, host)?.to_lowercase();
    let user = text(payload, user).unwrap_or_default().to_lowercase();
    Some((host, user))
}

pub(super) fn ssid<'a>(payload_type: &str, payload: &'a Dictionary) -> Option<&'a str> {
    if payload_type == "com.apple.wifi.managed" {
        text(payload, "SSID_STR")
    } else {
        None
    }
}

fn text<'a>(payload: &'a Dictionary, key: &str) -> Option<&'a str> {
    payload
        .get(key)
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}
