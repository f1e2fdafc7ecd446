#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::WireError;
use crate::ids::{ChannelName, Udid};
use crate::plist_guard::{Limits, parse};
use crate::testing::{all, both, fixture};

/// Reads both encodings, which must agree.
fn read(name: &str) -> CheckIn {
    let [xml, binary] = both(&format!("checkin/{name}")).map(|bytes| CheckIn::parse(&bytes));
    assert_eq!(xml, binary, "{name}");
    xml.unwrap()
}

fn write(message: &CheckIn) -> Vec<u8> {
    match message {
        CheckIn::Authenticate(m) => m.to_plist(),
        CheckIn::TokenUpdate(m) => m.to_plist(),
        CheckIn::CheckOut(m) => m.to_plist(),
        CheckIn::UserAuthenticate(m) => m.to_plist(),
        CheckIn::SetBootstrapToken(m) => m.to_plist(),
        CheckIn::GetBootstrapToken(m) => m.to_plist(),
        CheckIn::GetToken(m) => m.to_plist(),
        CheckIn::DeclarativeManagement(m) => m.to_plist(),
        CheckIn::ReturnToService(m) => m.to_plist(),
        CheckIn::Unknown { .. } => panic!("an unknown message is never written"),
    }
}

/// The XML fixture with one text replaced; it must be there.
fn changed(name: &str, from: &str, to: &str) -> Result<CheckIn, WireError> {
    let text = String::from_utf8(fixture(&format!("checkin/{name}.plist"))).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    CheckIn::parse(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn every_message_type_has_a_fixture_and_round_trips() {
    let mut seen = Vec::new();
    for (name, bytes) in all("checkin") {
        let message = CheckIn::parse(&bytes).unwrap();
        if matches!(message, CheckIn::Unknown { .. }) {
            continue;
        }
        seen.push(message.message_type().to_owned());
        assert_eq!(CheckIn::parse(&write(&message)).unwrap(), message, "{name}");
    }
    for message_type in CheckIn::MESSAGE_TYPES {
        assert!(seen.iter().any(|s| s == message_type), "{message_type}");
    }
}

#[test]
fn what_is_written_has_the_keys_and_values_of_the_fixture() {
    for (name, bytes) in all("checkin") {
        let message = CheckIn::parse(&bytes).unwrap();
        // An unknown message is not written; an empty token is written as an absent one.
        if matches!(message, CheckIn::Unknown { .. }) || name.contains("delete") {
            continue;
        }
        let mut ours = parse(&write(&message), Limits::CHECK_IN).unwrap();
        let mut theirs = parse(&bytes, Limits::CHECK_IN).unwrap();
        for value in [&mut ours, &mut theirs] {
            value.as_dictionary_mut().unwrap().sort_keys();
        }
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn reads_authenticate() {
    let CheckIn::Authenticate(iphone) = read("Authenticate.iphone") else {
        panic!()
    };
    assert_eq!(iphone.serial_number.as_deref(), Some("FIXTURE00001"));
    assert_eq!(iphone.product_name.as_deref(), Some("iPhone17,1"));
    assert_eq!(iphone.device_name, None);
    assert!(iphone.topic.is_management());
    let CheckIn::Authenticate(mac) = read("Authenticate.mac") else {
        panic!()
    };
    assert_eq!(mac.device_name.as_deref(), Some("Fixture Mac & \"Söner\""));
    let CheckIn::Authenticate(byod) = read("Authenticate.user_enrollment") else {
        panic!()
    };
    assert_eq!(byod.ids.udid, None);
    assert_eq!(byod.serial_number, None);
}

#[test]
fn reads_token_update() {
    let CheckIn::TokenUpdate(update) = read("TokenUpdate.iphone") else {
        panic!()
    };
    assert_eq!(update.token.as_bytes(), (0..32).collect::<Vec<u8>>());
    assert_eq!(
        update.unlock_token.as_ref().unwrap().expose(),
        b"fixture unlock token"
    );
    assert_eq!(update.awaiting_configuration, Some(true));
    let debug = format!("{update:?}");
    assert!(!debug.contains("AA01"), "PushMagic shows: {debug}");
    assert!(
        !debug.contains("102, 105, 120"),
        "UnlockToken shows: {debug}"
    );
    assert!(!debug.contains("1, 2, 3"), "Token shows: {debug}");
}

#[test]
fn absent_unlock_token_is_none_and_so_is_an_empty_one() {
    let CheckIn::TokenUpdate(update) = read("TokenUpdate.mac_user") else {
        panic!()
    };
    assert_eq!(update.unlock_token, None);
    let empty = changed(
        "SetBootstrapToken.mac",
        "Zml4dHVyZSBib290c3RyYXAgdG9rZW4=",
        "",
    );
    let CheckIn::SetBootstrapToken(set) = empty.unwrap() else {
        panic!()
    };
    assert_eq!(set.bootstrap_token, None);
}

#[test]
fn channel_by_the_keys_of_the_sender() {
    for (name, channel) in [
        ("TokenUpdate.iphone", "device"),
        ("Authenticate.user_enrollment", "device"),
        (
            "TokenUpdate.mac_user",
            "user:0A0B0C0D-0000-0000-0000-0000000000AA",
        ),
        ("TokenUpdate.shared_ipad_user", "user:ada@school.example"),
        (
            "TokenUpdate.user_enrollment_mac_user",
            "user:6E1D0000-0000-4000-8000-00000000E0AA",
        ),
    ] {
        assert_eq!(read(name).channel().unwrap().to_string(), channel, "{name}");
    }
    let ids = Ids::device(Udid::new("A").unwrap());
    assert_eq!(ids.channel(), ChannelName::Device);
}

#[test]
fn shared_ipad_user_without_short_name_is_refused() {
    assert_eq!(
        changed("TokenUpdate.shared_ipad_user", "ada@school.example", ""),
        Err(WireError::Missing {
            key: "UserShortName"
        })
    );
}

#[test]
fn a_sender_without_any_id_is_refused() {
    for key in ["<key>UDID</key>", "<key>EnrollmentID</key>"] {
        let name = if key.contains("UDID") {
            "CheckOut.iphone"
        } else {
            "Authenticate.user_enrollment"
        };
        let error = changed(name, key, "<key>Other</key>").unwrap_err();
        assert!(matches!(error, WireError::Malformed { .. }), "{error}");
    }
    // An empty one is as good as none.
    assert!(changed("CheckOut.iphone", "00008110-0011223344556677", "").is_err());
}

#[test]
fn required_keys_and_types() {
    for (name, from, to, key) in [
        ("CheckOut.iphone", "<key>Topic<", "<key>X<", "Topic"),
        ("TokenUpdate.iphone", "<key>Token<", "<key>X<", "Token"),
        (
            "TokenUpdate.iphone",
            "<key>PushMagic<",
            "<key>X<",
            "PushMagic",
        ),
        (
            "TokenUpdate.iphone",
            "<key>MessageType<",
            "<key>X<",
            "MessageType",
        ),
        (
            "DeclarativeManagement.status",
            "<key>Endpoint<",
            "<key>X<",
            "Endpoint",
        ),
        (
            "GetToken.watch",
            "<key>TokenServiceType<",
            "<key>X<",
            "TokenServiceType",
        ),
        ("UserAuthenticate.mac", "<key>UserID<", "<key>X<", "UserID"),
    ] {
        assert_eq!(changed(name, from, to), Err(WireError::Missing { key }));
    }
    for (name, from, to, key) in [
        (
            "TokenUpdate.iphone",
            "<true/>",
            "<string>yes</string>",
            "AwaitingConfiguration",
        ),
        (
            "CheckOut.iphone",
            "<string>00008110-0011223344556677</string>",
            "<integer>1</integer>",
            "UDID",
        ),
        (
            "CheckOut.iphone",
            "<string>CheckOut</string>",
            "<true/>",
            "MessageType",
        ),
        (
            "Authenticate.iphone",
            "<string>18.2</string>",
            "<real>18.2</real>",
            "OSVersion",
        ),
    ] {
        let error = changed(name, from, to).unwrap_err();
        assert!(
            matches!(error, WireError::WrongType { key: k, .. } if k == key),
            "{name}: {error}"
        );
    }
}

#[test]
fn every_truncation_is_refused() {
    for (name, bytes) in all("checkin") {
        for len in 0..bytes.trim_ascii_end().len() {
            // What follows `</plist` and its white space is not needed to be complete.
            assert!(
                CheckIn::parse(&bytes[..len]).is_err(),
                "{name} cut at {len}"
            );
        }
    }
}

#[test]
fn unknown_message_type_is_named_but_not_at_full_length() {
    let CheckIn::Unknown { message_type } = read("Unknown") else {
        panic!()
    };
    assert_eq!(message_type, "SomethingNew");
    let long = changed("Unknown", "SomethingNew", &"x".repeat(10_000)).unwrap();
    assert_eq!(long.message_type().len(), 64);
    assert_eq!(long.ids(), None);
}

#[test]
fn replies_have_the_keys_of_the_schema() {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    assert!(text(GetBootstrapToken::reply(Some(b"abc"))).contains("<data>YWJj</data>"));
    assert!(!text(GetBootstrapToken::reply(None)).contains("BootstrapToken"));
    assert!(text(GetToken::reply(b"abc")).contains("<key>TokenData</key>"));
    assert!(text(UserAuthenticate::challenge_reply("")).contains("<key>DigestChallenge</key>"));
    assert!(text(UserAuthenticate::token_reply("t")).contains("<key>AuthToken</key>"));
    let rts = parse(&ReturnToService::disabled_reply(), Limits::CHECK_IN).unwrap();
    let inner = rts.as_dictionary().unwrap().get("ReturnToService").unwrap();
    assert_eq!(
        inner
            .as_dictionary()
            .unwrap()
            .get("Enabled")
            .unwrap()
            .as_boolean(),
        Some(false)
    );
}

#[test]
fn nul_in_a_text_does_not_get_through() {
    // A binary plist can carry it; the storage cannot.
    let mut dict = plist::Dictionary::new();
    for (key, value) in [
        ("MessageType", "Authenticate"),
        ("Topic", "com.apple.mgmt.External.x"),
        ("UDID", "A"),
        ("DeviceName", "a\0b"),
    ] {
        dict.insert(key.into(), value.into());
    }
    let mut bytes = Vec::new();
    plist::Value::Dictionary(dict)
        .to_writer_binary(&mut bytes)
        .unwrap();
    let CheckIn::Authenticate(message) = CheckIn::parse(&bytes).unwrap() else {
        panic!()
    };
    assert_eq!(message.device_name.as_deref(), Some("a\u{fffd}b"));
}

/// Core sheet, test list 12, and the answer where a policy exists.
#[test]
fn return_to_service_answers() {
    use crate::Sensitive;
    use crate::command::ReturnToService as Policy;

    let inner = |bytes: &[u8]| {
        let value = parse(bytes, Limits::CHECK_IN).unwrap();
        let dict = value.as_dictionary().unwrap();
        assert_eq!(dict.len(), 1);
        let inner = dict.get("ReturnToService").unwrap();
        inner.as_dictionary().unwrap().clone()
    };
    let disabled = inner(&ReturnToService::disabled_reply());
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled.get("Enabled").unwrap().as_boolean(), Some(false));
    let policy = Policy {
        enabled: true,
        wifi_profile_data: Some(Sensitive::new(b"wifi".to_vec())),
        mdm_profile_data: Some(Sensitive::new(b"mdm".to_vec())),
        bootstrap_token: Some(Sensitive::new(b"token".to_vec())),
        should_retry_enrollment: Some(true),
    };
    let enabled = inner(&ReturnToService::reply(&policy));
    let data = |key: &str| enabled.get(key).unwrap().as_data().unwrap().to_vec();
    assert_eq!(enabled.get("Enabled").unwrap().as_boolean(), Some(true));
    assert_eq!(data("WiFiProfileData"), b"wifi");
    assert_eq!(data("MDMProfileData"), b"mdm");
    assert_eq!(data("BootstrapToken"), b"token");
    let retry = enabled.get("ShouldRetryEnrollment").unwrap();
    assert_eq!(retry.as_boolean(), Some(true));
}
