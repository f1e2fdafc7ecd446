#![expect(clippy::expect_used, reason = "tests")]

use super::*;
use crate::platform::apple::Document;

fn document(payload: &str) -> Document {
    let plain = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.p</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a01</string>
<key>PayloadContent</key><array><dict><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.p.1</string>
<key>PayloadUUID</key><string>6f1a4a62-7a55-4c0a-9a43-0f2a6f6c1a02</string>{payload}</dict></array></dict></plist>"#
    );
    Document::open(plain.as_bytes()).expect("a profile")
}

fn phone() -> Traits {
    Traits {
        platform: "ios".to_owned(),
        enrollment_type: "profile".to_owned(),
        ..Traits::default()
    }
}

fn code(document: &Document, traits: &Traits) -> Option<&'static str> {
    document.judge(traits, false).refusal.map(|of| of.code)
}

#[test]
fn what_is_not_known_yet_claims_nothing() {
    let lock =
        document("<key>PayloadType</key><string>com.apple.app.lock</string><key>App</key><dict/>");
    assert_eq!(code(&lock, &phone()), None);
    let supervised = |value| Traits {
        supervised: Some(value),
        ..phone()
    };
    assert_eq!(code(&lock, &supervised(true)), None);
    assert_eq!(code(&lock, &supervised(false)), Some("supervised"));

    let lines = document(
        "<key>PayloadType</key><string>com.apple.applicationaccess</string>\
         <key>enforcedSoftwareUpdateDelay</key><integer>5</integer>",
    );
    assert_eq!(code(&lines, &phone()), None);
    let old = Traits {
        os_version: Some("10.0".to_owned()),
        ..phone()
    };
    assert_eq!(code(&lines, &old), Some("nothing_applies"));
}

#[test]
fn a_refusal_says_which_payload_and_why() {
    let lock =
        document("<key>PayloadType</key><string>com.apple.app.lock</string><key>App</key><dict/>");
    let traits = Traits {
        supervised: Some(false),
        ..phone()
    };
    let reason = lock
        .judge(&traits, false)
        .refusal
        .expect("refused")
        .reason();
    assert_eq!(reason.code, "unsupported");
    let detail = reason.detail.expect("detail");
    assert_eq!(
        detail,
        r#"{"payload":"com.apple.app.lock","support":"supervised"}"#
    );
}
