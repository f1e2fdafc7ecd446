#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::WireError;
use crate::ids::Topic;
use crate::plist_guard::{Limits, parse};
use crate::testing::fixture;

fn topic() -> Topic {
    Topic::new("com.apple.mgmt.External.00000000-0000-4000-8000-000000000001").unwrap()
}

fn profile() -> EnrollmentProfile {
    EnrollmentProfile {
        identifier: "com.example.enroll".into(),
        uuid: "P".into(),
        display_name: "Fixture AB".into(),
        organization: "Fixture AB".into(),
        description: "Denna enhet hanteras. この端末は管理されます。".into(),
        scope: None,
        roots: vec![RootPayload {
            uuid: "R".into(),
            display_name: "Root".into(),
            certificate: vec![0x30, 0],
        }],
        identity: IdentityPayload::Scep(ScepPayload {
            subject: common_name("attempt"),
            ..ScepPayload::new("S", "https://mdm.example.com/scep", "challenge".into())
        }),
        mdm: MdmPayload::new("M", topic(), "https://mdm.example.com/apple/mdm"),
    }
}

fn scep(profile: &mut EnrollmentProfile) -> &mut ScepPayload {
    match &mut profile.identity {
        IdentityPayload::Scep(scep) => scep,
        IdentityPayload::Acme(_) => unreachable!("the fixture has SCEP"),
    }
}

fn changed(from: &str, to: &str) -> Result<EnrollmentProfile, WireError> {
    let text = String::from_utf8(fixture("profile/Enrollment.mobileconfig")).unwrap();
    assert!(text.contains(from), "no {from}");
    parse_profile(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn reads_the_fixture() {
    let mut profile = parse_profile(&fixture("profile/Enrollment.mobileconfig")).unwrap();
    assert_eq!(profile.identifier, "com.example.enroll");
    assert_eq!(profile.scope, Some(PayloadScope::System));
    assert_eq!(profile.roots[0].certificate, b"0\x03\x02\x01\x00");
    assert_eq!(scep(&mut profile).challenge.expose(), "fixture-challenge");
    assert_eq!(
        scep(&mut profile).subject[1][0],
        ("2.5.4.5".into(), "1".into())
    );
    assert_eq!(scep(&mut profile).subject.len(), 2);
    assert_eq!(scep(&mut profile).key_usage, 5);
    assert_eq!(
        profile.mdm.effective_check_in_url(),
        "https://mdm.example.com/apple/checkin"
    );
    assert!(profile.mdm.sign_message && profile.mdm.check_out_when_removed);
    assert!(!format!("{profile:?}").contains("fixture-challenge"));
}

#[test]
fn the_fixture_is_written_as_it_stands() {
    let bytes = fixture("profile/Enrollment.mobileconfig");
    let written = parse_profile(&bytes).unwrap().to_plist().unwrap();
    let sorted = |bytes: &[u8]| {
        let mut value = parse(bytes, Limits::PROFILE).unwrap();
        let dict = value.as_dictionary_mut().unwrap();
        dict.sort_keys();
        for payload in dict
            .get_mut("PayloadContent")
            .unwrap()
            .as_array_mut()
            .unwrap()
        {
            let payload = payload.as_dictionary_mut().unwrap();
            payload.sort_keys();
            // The organisation is repeated in our payloads, not in the fixture's.
            payload.remove("PayloadOrganization");
            if let Some(content) = payload.get_mut("PayloadContent")
                && let Some(content) = content.as_dictionary_mut()
            {
                content.sort_keys();
            }
            payload.sort_keys();
        }
        value
    };
    assert_eq!(sorted(&written), sorted(&bytes));
}

#[test]
fn round_trips() {
    let mut profile = profile();
    assert_eq!(
        parse_profile(&profile.to_plist().unwrap()).unwrap(),
        profile
    );
    profile.scope = Some(PayloadScope::System);
    profile.roots.clear();
    scep(&mut profile).ca_fingerprint = Some(vec![1; 32]);
    scep(&mut profile).retries = Some(3);
    scep(&mut profile).retry_delay_secs = Some(10);
    profile.mdm.check_in_url = Some("https://mdm.example.com/apple/checkin?x=1&y=2".into());
    profile.mdm.server_capabilities = vec![
        capability::PER_USER_CONNECTIONS.into(),
        capability::BOOTSTRAP_TOKEN.into(),
    ];
    profile
        .mdm
        .prompt_user_to_allow_bootstrap_token_for_authentication = Some(true);
    profile.mdm.pinning_revocation_check_required = Some(false);
    profile.mdm.server_url_pinning_certificate_uuids = vec!["R".into()];
    assert_eq!(
        parse_profile(&profile.to_plist().unwrap()).unwrap(),
        profile
    );
}

#[test]
fn the_keys_that_decide_are_written_as_apple_spells_them() {
    let text = String::from_utf8(profile().to_plist().unwrap()).unwrap();
    let text: String = text.split('\n').collect();
    for piece in [
        "<key>Key Type</key><string>RSA</string>",
        "<key>Key Usage</key><integer>5</integer>",
        "<key>Keysize</key><integer>2048</integer>",
        "<key>KeyIsExtractable</key><false/>",
        "<key>SignMessage</key><true/>",
        "<key>CheckOutWhenRemoved</key><true/>",
        "<key>AccessRights</key><integer>8191</integer>",
        "<key>IdentityCertificateUUID</key><string>S</string>",
        "<key>Subject</key><array><array><array><string>CN</string><string>attempt</string>",
        "<key>PayloadType</key><string>Configuration</string>",
    ] {
        assert!(text.contains(piece), "{piece}");
    }
    assert!(!text.contains("UseDevelopmentAPNS"));
    assert!(!text.contains("PayloadScope"));
}

#[test]
fn byod_has_no_access_rights() {
    let mut byod = profile();
    byod.mdm.enrollment_mode = Some(EnrollmentMode::Byod);
    byod.mdm.assigned_managed_apple_id = Some("ada@example.com".into());
    assert!(byod.to_plist().is_err());
    byod.mdm.access_rights = None;
    let bytes = byod.to_plist().unwrap();
    assert!(
        !String::from_utf8(bytes.clone())
            .unwrap()
            .contains("AccessRights")
    );
    assert_eq!(parse_profile(&bytes).unwrap(), byod);
    byod.mdm.assigned_managed_apple_id = None;
    assert!(byod.to_plist().is_err());
}

#[test]
fn what_a_device_would_refuse_is_not_written() {
    let faults: [fn(&mut EnrollmentProfile); 12] = [
        |p| p.identifier.clear(),
        |p| p.uuid = "S".into(),
        |p| p.mdm.server_url = "http://mdm.example.com/mdm".into(),
        |p| p.mdm.server_url = "https://".into(),
        |p| p.mdm.server_url = "http://localhost.evil.example/".into(),
        |p| p.mdm.check_in_url = Some("ftp://x".into()),
        |p| p.mdm.access_rights = None,
        |p| p.mdm.topic = Topic::new("com.example.app").unwrap(),
        |p| scep(p).key_size = 1024,
        |p| scep(p).key_usage = 2,
        |p| scep(p).challenge = String::new().into(),
        |p| scep(p).url = "mdm.example.com/scep".into(),
    ];
    for (n, fault) in faults.iter().enumerate() {
        let mut profile = profile();
        fault(&mut profile);
        assert!(profile.to_plist().is_err(), "fault {n}");
    }
    let mut local = profile();
    local.mdm.server_url = "http://127.0.0.1:8080/apple/mdm".into();
    assert!(local.to_plist().is_ok());
}

#[test]
fn what_a_device_would_refuse_is_not_read() {
    for (from, to) in [
        (
            "<string>com.apple.mdm</string>",
            "<string>com.apple.other</string>",
        ),
        (
            "<string>com.apple.security.root</string>",
            "<string>com.apple.mdm</string>",
        ),
        (
            "<string>com.apple.security.scep</string>",
            "<string>com.apple.wifi.managed</string>",
        ),
        ("<key>IdentityCertificateUUID</key>", "<key>X</key>"),
        ("<key>Topic</key>", "<key>X</key>"),
        (
            "https://mdm.example.com/apple/mdm",
            "http://mdm.example.com/apple/mdm",
        ),
        ("<integer>8191</integer>", "<integer>0</integer>"),
        ("<integer>8191</integer>", "<integer>2</integer>"),
        ("<integer>2048</integer>", "<integer>1024</integer>"),
        ("<string>RSA</string>", "<string>EC</string>"),
        (
            "<string>Configuration</string>",
            "<string>Profile Service</string>",
        ),
        ("<string>System</string>", "<string>Galaxy</string>"),
        ("<string>CN</string>", "<integer>1</integer>"),
    ] {
        assert!(changed(from, to).is_err(), "{from} → {to}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let bytes = fixture("profile/Enrollment.mobileconfig");
    for len in 0..bytes.trim_ascii_end().len() {
        assert!(parse_profile(&bytes[..len]).is_err(), "cut at {len}");
    }
}

#[test]
fn info_of_any_profile() {
    let info = ProfileInfo::parse(&fixture("profile/Wifi.mobileconfig")).unwrap();
    assert_eq!(info.identifier, "com.example.wifi");
    assert_eq!(info.display_name.as_deref(), Some("Wi-Fi"));
    assert_eq!(info.payload_types, ["com.apple.wifi.managed"]);
    assert!(!info.has_mdm_payload());
    let enrollment = ProfileInfo::parse(&fixture("profile/Enrollment.mobileconfig")).unwrap();
    assert!(enrollment.has_mdm_payload());
    assert_eq!(enrollment.scope.as_deref(), Some("System"));
}

#[test]
fn info_says_what_is_wrong() {
    let text = String::from_utf8(fixture("profile/Wifi.mobileconfig")).unwrap();
    let error = |from: &str, to: &str| {
        assert!(text.contains(from), "no {from}");
        ProfileInfo::parse(text.replacen(from, to, 1).as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        ProfileInfo::parse(&[0x30, 0x80, 0x06])
            .unwrap_err()
            .to_string(),
        "not supported: a signed profile where a plain one is expected"
    );
    assert_eq!(
        error("<key>PayloadContent</key>", "<key>X</key>"),
        "`PayloadContent` is missing"
    );
    assert_eq!(
        error("<string>com.example.wifi</string>", "<string></string>"),
        "`PayloadIdentifier` is missing"
    );
    assert_eq!(
        error("<string>com.apple.wifi.managed</string>", "<true/>"),
        "`PayloadType` is not of type string"
    );
    assert!(error("<string>Configuration</string>", "<string>x</string>").contains("PayloadType"));
    let encrypted = text.replace(
        "<key>PayloadContent</key>",
        "<key>IsEncrypted</key><true/><key>X</key>",
    );
    let info = ProfileInfo::parse(encrypted.as_bytes()).unwrap();
    assert!(info.is_encrypted && info.payload_types.is_empty());
}

fn with_acme(change: fn(&mut AcmePayload)) -> EnrollmentProfile {
    let mut acme = AcmePayload::new(
        "A",
        "https://mdm.example.com/apple/acme/directory",
        "one-time-identifier".into(),
        true,
    );
    acme.subject = common_name("attempt");
    change(&mut acme);
    EnrollmentProfile {
        identity: acme.into(),
        ..profile()
    }
}

#[test]
fn an_acme_identity_round_trips() {
    for change in [
        (|_| {}) as fn(&mut AcmePayload),
        |a| a.attest = None,
        |a| {
            a.key_type = AcmeKeyType::Rsa;
            a.key_size = 2048;
            a.hardware_bound = false;
            a.attest = Some(false);
        },
        |a| {
            a.subject_alt_name = Some(SubjectAltName {
                nt_principal_name: Some("ada@example.com".into()),
                ..SubjectAltName::default()
            });
            a.usage_flags = Some(5);
            a.extended_key_usage.clear();
            a.allow_all_apps_access = Some(false);
            a.key_is_extractable = None;
        },
    ] {
        let profile = with_acme(change);
        let read = parse_profile(&profile.to_plist().unwrap()).unwrap();
        assert_eq!(read, profile);
        assert!(!format!("{read:?}").contains("one-time-identifier"));
    }
    let text = String::from_utf8(with_acme(|_| {}).to_plist().unwrap()).unwrap();
    let text: String = text.split('\n').collect();
    for piece in [
        "<key>PayloadType</key><string>com.apple.security.acme</string>",
        "<key>PayloadIdentifier</key><string>com.example.enroll.acme</string>",
        "<key>IdentityCertificateUUID</key><string>A</string>",
        "<key>KeyType</key><string>ECSECPrimeRandom</string>",
        "<key>KeySize</key><integer>384</integer>",
        "<key>HardwareBound</key><true/><key>Attest</key><true/>",
        "<key>KeyIsExtractable</key><false/>",
    ] {
        assert!(text.contains(piece), "{piece}");
    }
}

#[test]
fn an_acme_payload_that_a_device_would_refuse_is_neither_written_nor_read() {
    let faults: [fn(&mut AcmePayload); 9] = [
        |a| a.uuid = "M".into(),
        |a| a.directory_url = "http://mdm.example.com/acme".into(),
        |a| a.client_identifier = String::new().into(),
        |a| a.key_size = 512,
        |a| a.key_size = 521,
        |a| a.key_type = AcmeKeyType::Rsa,
        |a| a.hardware_bound = false,
        |a| a.usage_flags = Some(2),
        |a| {
            a.key_type = AcmeKeyType::Rsa;
            a.hardware_bound = false;
            a.attest = None;
            a.key_size = 2049;
        },
    ];
    for (n, fault) in faults.iter().enumerate() {
        assert!(with_acme(*fault).to_plist().is_err(), "fault {n}");
    }
    let text = String::from_utf8(with_acme(|_| {}).to_plist().unwrap()).unwrap();
    for (from, to) in [
        ("<key>HardwareBound</key>", "<key>X</key>"),
        ("<key>KeySize</key>", "<key>X</key>"),
        ("<key>ClientIdentifier</key>", "<key>X</key>"),
        ("ECSECPrimeRandom", "DSA"),
        ("<integer>384</integer>", "<integer>-1</integer>"),
        (
            "https://mdm.example.com/apple/acme",
            "http://mdm.example.com/apple/acme",
        ),
    ] {
        assert!(text.contains(from), "no {from}");
        assert!(
            parse_profile(text.replacen(from, to, 1).as_bytes()).is_err(),
            "{from}"
        );
    }
}
