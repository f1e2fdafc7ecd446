#![expect(clippy::expect_used, reason = "tests")]

use plist::{Dictionary, Value};

use super::*;
use crate::profile::template::Template;

fn dict(entries: &[(&str, Value)]) -> Dictionary {
    entries
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect()
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// The nth payload of a profile, with the keys that all have.
fn payload(nth: usize, kind: &str, own: &[(&str, Value)]) -> Value {
    let mut payload = dict(&[
        ("PayloadType", text(kind)),
        ("PayloadVersion", Value::from(1)),
        ("PayloadIdentifier", text(&format!("com.example.all.{nth}"))),
        (
            "PayloadUUID",
            text(&format!("00000000-0000-0000-0000-00000000000{nth}")),
        ),
    ]);
    for (key, value) in own {
        payload.insert((*key).to_owned(), value.clone());
    }
    Value::Dictionary(payload)
}

fn profile(payloads: Vec<Value>) -> Dictionary {
    dict(&[
        ("PayloadType", text("Configuration")),
        ("PayloadVersion", Value::from(1)),
        ("PayloadIdentifier", text("com.example.all")),
        ("PayloadUUID", text("10000000-0000-0000-0000-000000000000")),
        ("PayloadContent", Value::Array(payloads)),
    ])
}

fn wifi(own: &[(&str, Value)]) -> Vec<Finding> {
    check(&profile(vec![payload(1, "com.apple.wifi.managed", own)]))
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

#[track_caller]
fn only(findings: &[Finding]) -> &Finding {
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.first().expect("one finding")
}

#[test]
fn a_good_profile_has_no_findings() {
    let found = wifi(&[
        ("SSID_STR", text("Norrvik")),
        ("EncryptionType", text("WPA2")),
        ("Password", text("correct horse")),
    ]);
    assert_eq!(found, Vec::new());
}

#[test]
fn a_finding_names_payload_key_what_was_found_and_what_is_allowed() {
    let found = wifi(&[("EncryptionType", text("WPA9"))]);
    let finding = only(&found);
    assert_eq!(
        (finding.severity, finding.code),
        (Severity::Error, Code::NotAllowed)
    );
    assert_eq!(
        finding.to_string(),
        "Payload 1 (com.apple.wifi.managed, com.example.all.1): EncryptionType is \"WPA9\"; \
         allowed: WEP, WPA, WPA2, WPA3, Any, None"
    );
    assert_eq!(
        finding.whole_path().to_string(),
        "PayloadContent[0].EncryptionType"
    );
    let json = serde_json::to_value(finding).expect("JSON");
    assert_eq!(json["allowed"]["values"][3], "WPA3");
    assert_eq!(json["payload"]["type"], "com.apple.wifi.managed");
}

#[test]
fn the_value_of_a_secret_is_never_told() {
    for value in [Value::from(4711), Value::Array(vec![text("s3cr3t-4711")])] {
        let found = wifi(&[("Password", value)]);
        let all = format!("{found:?} {} {}", only(&found), serde_json::json!(found));
        assert!(!all.contains("4711"), "{all}");
        assert_eq!(codes(&found), ["type"]);
    }
    let eap = dict(&[
        ("UserPassword", Value::from(4711)),
        ("UserName", Value::from(5)),
    ]);
    let found = wifi(&[("EAPClientConfiguration", Value::Dictionary(eap))]);
    let all = format!("{found:?}");
    assert!(!all.contains("4711") && all.contains("\"5\""), "{all}");
}

#[test]
fn long_values_are_cut() {
    let found = wifi(&[("EncryptionType", text(&"x\n".repeat(500)))]);
    assert!(only(&found).to_string().len() < 300);
}

#[test]
fn whole_numbers_numbers_and_booleans_are_three_things() {
    let policy = |key: &str, value: Value| {
        let kind = "com.apple.mobiledevice.passwordpolicy";
        codes(&check(&profile(vec![payload(1, kind, &[(key, value)])])))
    };
    assert_eq!(policy("minLength", Value::from(8)), Vec::<&str>::new());
    assert_eq!(policy("minLength", Value::Real(8.0)), ["type"]);
    assert_eq!(policy("minLength", text("8")), ["type"]);
    assert_eq!(policy("forcePIN", Value::from(1)), ["type"]);
    assert_eq!(policy("minLength", Value::from(17)), ["range"]);
    assert_eq!(policy("minLength", Value::from(u64::MAX)), ["range"]);
    assert_eq!(policy("maxFailedAttempts", Value::from(1)), ["range"]);
    // A number may be whole: 2 is 2.0 of the list.
    let cookies = |value: Value| {
        let own = [("safariAcceptCookies", value)];
        let all = vec![payload(1, "com.apple.applicationaccess", &own)];
        codes(&check(&profile(all)))
    };
    assert_eq!(cookies(Value::from(2)), Vec::<&str>::new());
    assert_eq!(cookies(Value::Real(1.5)), Vec::<&str>::new());
    assert_eq!(cookies(Value::Real(1.75)), ["value"]);
}

#[test]
fn required_keys_and_counts_of_lists() {
    let found = check(&profile(vec![payload(1, "com.apple.app.lock", &[])]));
    assert_eq!(only(&found).path.to_string(), "App");
    assert_eq!(only(&found).code, Code::RequiredMissing);
    let pair = |items: &[&str]| Value::Array(items.iter().map(|item| text(item)).collect());
    let subject = |items: &[&str]| Value::Array(vec![Value::Array(vec![pair(items)])]);
    let acme = |items: &[&str]| {
        let own = [
            ("DirectoryURL", text("https://ca.example.com/acme")),
            ("ClientIdentifier", text("{{device.serial_number}}")),
            ("KeySize", Value::from(256)),
            ("KeyType", text("ECSECPrimeRandom")),
            ("HardwareBound", Value::from(true)),
            ("Subject", subject(items)),
        ];
        codes(&check(&profile(vec![payload(
            1,
            "com.apple.security.acme",
            &own,
        )])))
    };
    assert_eq!(acme(&["CN", "{{person.email}}"]), Vec::<&str>::new());
    assert_eq!(acme(&["CN"]), ["repetition"]);
    assert_eq!(acme(&["CN", "a", "b"]), ["repetition"]);
}

#[test]
fn variables_stand_in_texts_only() {
    assert_eq!(
        codes(&wifi(&[("EncryptionType", text("{{x.y}}"))])),
        [] as [&str; 0]
    );
    assert_eq!(codes(&wifi(&[("AutoJoin", text("{{x.y}}"))])), ["variable"]);
    assert_eq!(codes(&wifi(&[("AutoJoin", text("yes"))])), ["type"]);
    assert_eq!(
        codes(&wifi(&[("EncryptionType", text(r"\{{x.y}}"))])),
        ["value"]
    );
    // The root of our authority becomes data when the profile is expanded.
    let root = |content: Value| {
        let own = [("PayloadContent", content)];
        codes(&check(&profile(vec![payload(
            1,
            "com.apple.security.root",
            &own,
        )])))
    };
    assert_eq!(root(text("{{credential.root}}")), [] as [&str; 0]);
    assert_eq!(root(text("{{credential.other}}")), ["variable"]);
}

#[test]
fn a_payload_whose_certificate_is_ours_has_a_fixed_identifier() {
    let scep = |identifier: &str, url: &str| {
        let content = dict(&[("URL", text(url)), ("Challenge", text("x"))]);
        let own = [
            ("PayloadIdentifier", text(identifier)),
            ("PayloadContent", Value::Dictionary(content)),
        ];
        payload(1, "com.apple.security.scep", &own)
    };
    let of = |payloads| {
        let mut codes = codes(&check(&profile(payloads)));
        codes.retain(|code| ["format", "duplicate_identifier"].contains(code));
        codes
    };
    let ours = "{{credential.scep_url}}";
    assert_eq!(of(vec![scep("a.b", ours)]), [] as [&str; 0]);
    assert_eq!(
        of(vec![scep("a.{{device.serial_number}}", ours)]),
        ["format"]
    );
    // Of others it may differ from device to device.
    let theirs = scep("a.{{device.serial_number}}", "https://example.org/scep");
    assert_eq!(of(vec![theirs]), [] as [&str; 0]);
    let twice = of(vec![scep("a.b", ours), scep("a.b", ours)]);
    assert_eq!(twice, ["duplicate_identifier"; 2]);
}

#[test]
fn what_nobody_knows_is_marked_and_allowed() {
    let found = wifi(&[("SSID_STRING", text("Norrvik"))]);
    assert_eq!(
        (only(&found).severity, only(&found).code),
        (Severity::Warning, Code::UnknownKey)
    );
    let own = [("anything", Value::from(1))];
    let found = check(&profile(vec![payload(1, "com.example.app", &own)]));
    assert_eq!(
        (only(&found).severity, only(&found).code),
        (Severity::Note, Code::UnknownPayload)
    );
}

#[test]
fn names_stand_once() {
    let twice = payload(1, "com.apple.wifi.managed", &[]);
    let found = check(&profile(vec![twice.clone(), twice]));
    assert_eq!(
        codes(&found),
        [
            "duplicate_uuid",
            "duplicate_uuid",
            "duplicate_identifier",
            "duplicate_identifier"
        ]
    );
}

#[test]
fn an_exclusive_payload_stands_once() {
    let lock = |nth| {
        let app = dict(&[("Identifier", text("com.example.kiosk"))]);
        payload(
            nth,
            "com.apple.app.lock",
            &[("App", Value::Dictionary(app))],
        )
    };
    assert_eq!(codes(&check(&profile(vec![lock(1)]))), [] as [&str; 0]);
    let found = check(&profile(vec![lock(1), lock(2)]));
    assert_eq!(only(&found).code, Code::ExclusiveTwice);
    assert_eq!(only(&found).payload.as_ref().map(|at| at.index), Some(1));
    // Two forms of one type are two payloads.
    let wifi = payload(
        1,
        "com.apple.MCX",
        &[("RequireAdminForIBSS", Value::from(true))],
    );
    let time = payload(
        2,
        "com.apple.MCX",
        &[("timeServer", text("time.example.com"))],
    );
    assert_eq!(codes(&check(&profile(vec![wifi, time]))), [] as [&str; 0]);
}

#[test]
fn references_lead_to_a_payload() {
    let anchors = |uuid: &str| {
        let list = Value::Array(vec![text(uuid)]);
        let methods = Value::Array(vec![Value::from(13)]);
        let eap = dict(&[
            ("PayloadCertificateAnchorUUID", list),
            ("AcceptEAPTypes", methods),
        ]);
        let wifi = payload(
            1,
            "com.apple.wifi.managed",
            &[("EAPClientConfiguration", Value::Dictionary(eap))],
        );
        let root = payload(
            2,
            "com.apple.security.root",
            &[("PayloadContent", Value::Data(vec![48]))],
        );
        check(&profile(vec![wifi, root]))
    };
    assert_eq!(anchors("00000000-0000-0000-0000-000000000002"), Vec::new());
    let found = anchors("00000000-0000-0000-0000-000000000003");
    assert_eq!(only(&found).code, Code::ReferenceMissing);
    assert_eq!(
        only(&found).path.to_string(),
        "EAPClientConfiguration.PayloadCertificateAnchorUUID[0]"
    );
    // Not a UUID at all is said as such, too.
    assert_eq!(codes(&anchors("none")), ["format", "reference"]);
}

#[test]
fn a_profile_of_the_server_enrolls_nobody() {
    let found = check(&profile(vec![payload(1, "com.apple.mdm", &[])]));
    assert!(codes(&found).contains(&"mdm_payload"));
}

#[test]
fn of_an_encrypted_profile_the_top_level_is_checked() {
    let mut root = profile(Vec::new());
    root.remove("PayloadContent");
    assert_eq!(codes(&check(&root)), ["required"]);
    root.insert("IsEncrypted".to_owned(), Value::from(true));
    root.insert("EncryptedPayloadContent".to_owned(), Value::Data(vec![1]));
    assert_eq!(codes(&check(&root)), ["encrypted"]);
    root.insert("PayloadRemovalDisallowed".to_owned(), text("yes"));
    assert_eq!(codes(&check(&root)), ["type", "encrypted"]);
}

#[test]
fn a_dictionary_is_held_against_the_form_that_fits_best() {
    let own = [("timeServer", Value::from(5))];
    let found = check(&profile(vec![payload(1, "com.apple.MCX", &own)]));
    assert_eq!(codes(&found), ["type"]);
    let first = Template::from_root(profile(vec![payload(1, "com.apple.MCX", &own)]));
    let first = first.expect("a template");
    let form = first
        .payloads()
        .next()
        .and_then(|(_, payload)| fit(payload));
    assert_eq!(form.map(|form| form.variant), Some("TimeServer"));
}

#[test]
fn folders_in_folders_are_checked_to_the_bottom() {
    let icon = |own: &[(&str, Value)]| {
        let mut icon = dict(&[("Type", text("Application"))]);
        icon.extend(
            own.iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
        Value::Dictionary(icon)
    };
    let page = |inner: Value| Value::Array(vec![Value::Array(vec![inner])]);
    let mut inner = icon(&[("Type", text("Gadget"))]);
    for _ in 0..5 {
        inner = icon(&[("Type", text("Folder")), ("Pages", page(inner))]);
    }
    let own = [("Pages", page(inner))];
    let found = check(&profile(vec![payload(
        1,
        "com.apple.homescreenlayout",
        &own,
    )]));
    assert_eq!(only(&found).code, Code::NotAllowed);
    let mut deep = icon(&[]);
    for _ in 0..40 {
        deep = icon(&[("Type", text("Folder")), ("Pages", page(deep))]);
    }
    let own = [("Pages", page(deep))];
    let found = check(&profile(vec![payload(
        1,
        "com.apple.homescreenlayout",
        &own,
    )]));
    assert!(!found.is_empty() && found.iter().all(|of| of.code == Code::TooDeep));
}
