//! `tillsyn profile check`: no server, no configuration, no token.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::Value;
use tillsyn_pki::cms;
use tillsyn_testkit::{Engine, TestApp};

use crate::program::Place;

const SECRET: &str = "never-to-be-printed";

/// A Wi-Fi profile; `encryption` is right or wrong.
fn wifi(encryption: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.wifi</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0021</string>
<key>PayloadDisplayName</key><string>Wireless</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.wifi.managed</string><key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>org.example.wifi.1</string>
<key>PayloadUUID</key><string>6D1B3C50-0B0E-4B0E-9C3A-2B7B3B6A0022</string>
<key>SSID_STR</key><string>Norrvik</string><key>EncryptionType</key><string>{encryption}</string>
<key>Password</key><string>{SECRET}</string>
</dict></array></dict></plist>"#
    )
}

#[test]
fn a_good_profile_ends_well_and_a_bad_one_says_what_is_wrong() {
    let place = Place::new();
    place.write("good.mobileconfig", &wifi("WPA2"));
    place.write("bad.mobileconfig", &wifi("ROT13"));
    let path = |name: &str| place.path(name).display().to_string();
    let (good, bad) = (path("good.mobileconfig"), path("bad.mobileconfig"));

    let ended = place.run(&["profile", "check", &good]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(ended.out, format!("{good}: good\n"));

    let ended = place.run(&["profile", "check", &good, &bad]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    for part in [
        "error",
        "com.apple.wifi.managed",
        "EncryptionType",
        "ROT13",
        "WPA3",
        "[value]",
    ] {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    assert!(!ended.out.contains(SECRET), "{}", ended.out);

    let ended = place.run(&["profile", "check", "--json", &good, &bad]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let reports: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(reports[0]["findings"], Value::Array(Vec::new()));
    assert_eq!(reports[0]["identifier"], "org.example.wifi");
    let finding = &reports[1]["findings"][0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["payload_type"], "com.apple.wifi.managed");
    assert_eq!(finding["path"], "EncryptionType");
    assert_eq!(finding["found"], "\"ROT13\"");
    assert!(!ended.out.contains(SECRET), "{}", ended.out);
}

#[test]
fn what_is_no_profile_is_an_error_and_a_missing_file_another() {
    let place = Place::new();
    place.write("letter.txt", "Dear all");
    let letter = place.path("letter.txt").display().to_string();
    let ended = place.run(&["profile", "check", &letter]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(
        ended.out.starts_with(&format!("{letter}: no profile\n")),
        "{}",
        ended.out
    );
    let missing = place.path("missing").display().to_string();
    let ended = place.run(&["profile", "check", &missing]);
    assert_eq!(ended.code, Some(2), "{}", ended.out);
    assert!(ended.err.contains("cannot be read"), "{}", ended.err);
}

#[test]
fn a_profile_is_read_from_standard_input() {
    let place = Place::new();
    for (text, code) in [(wifi("WPA3"), 0), (wifi("ROT13"), 1)] {
        let mut child = place
            .command(&["profile", "check", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(text.as_bytes()).unwrap();
        drop(input);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(code), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_profile_is_unwrapped_and_its_signer_named() {
    let app = TestApp::new(Engine::Sqlite).await;
    let authorities = app.core.authorities();
    let signer = &authorities.profile_signer;
    let signed = cms::sign_attached(
        wifi("ROT13").as_bytes(),
        &signer.certificate,
        &signer.key,
        &authorities.signer_chain,
    )
    .unwrap();
    let place = Place::new();
    let file = place.path("signed.mobileconfig");
    std::fs::write(&file, &signed).unwrap();
    let ended = place.run(&["profile", "check", &file.display().to_string()]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("EncryptionType"), "{}", ended.out);
    let subject = format!("signed by {}", signer.certificate.subject_text());
    assert!(ended.out.contains(&subject), "{}", ended.out);

    // One letter of the content changed.
    let mut broken = signed;
    let place_of = broken.windows(5).position(|part| part == b"ROT13").unwrap();
    broken[place_of] = b'r';
    std::fs::write(&file, &broken).unwrap();
    let ended = place.run(&["profile", "check", "--json", &file.display().to_string()]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let reports: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(reports[0]["code"], "signature");
}
