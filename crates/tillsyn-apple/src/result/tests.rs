#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value as Json, json};

use super::*;
use crate::WireError;
use crate::plist_guard::{Limits, parse};
use crate::testing::{all, both, fixture};

fn read(name: &str) -> CommandResult {
    let [xml, binary] = both(&format!("result/{name}")).map(|bytes| CommandResult::parse(&bytes));
    assert_eq!(xml, binary, "{name}");
    xml.unwrap()
}

fn changed(name: &str, from: &str, to: &str) -> Result<CommandResult, WireError> {
    let text = String::from_utf8(fixture(&format!("result/{name}.plist"))).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    CommandResult::parse(text.replacen(from, to, 1).as_bytes())
}

fn fact(facts: &[Fact], key: &str) -> Option<Json> {
    let mut found = facts.iter().filter(|(fact, _)| *fact == key);
    let value = found.next().map(|(_, value)| value.clone());
    assert!(found.next().is_none(), "{key} stands there twice");
    value
}

#[test]
fn every_fixture_round_trips() {
    for (name, bytes) in all("result") {
        let result = CommandResult::parse(&bytes).unwrap();
        let written = result.to_plist();
        assert_eq!(CommandResult::parse(&written).unwrap(), result, "{name}");
        let mut ours = parse(&written, Limits::RESULT).unwrap();
        let mut theirs = parse(&bytes, Limits::RESULT).unwrap();
        for value in [&mut ours, &mut theirs] {
            value.as_dictionary_mut().unwrap().sort_keys();
        }
        // The error chain is written in our order of keys.
        if result.error_chain.is_empty() {
            assert_eq!(ours, theirs, "{name}");
        }
    }
}

#[test]
fn reads_every_status() {
    for (name, status) in [
        ("Idle.iphone", Status::Idle),
        ("NotNow.iphone", Status::NotNow),
        ("Acknowledged.iphone", Status::Acknowledged),
        ("Error.remove_profile", Status::Error),
        ("CommandFormatError.iphone", Status::CommandFormatError),
    ] {
        let result = read(name);
        assert_eq!(result.status, status);
        assert_eq!(result.command_uuid.is_none(), status == Status::Idle);
        assert_eq!(
            status.is_final(),
            !matches!(status, Status::Idle | Status::NotNow)
        );
    }
    assert!(!read("Idle.mac_user").channel().is_device());
}

#[test]
fn reads_the_error_chain_from_the_top() {
    let result = read("Error.remove_profile");
    let [top, below] = result.error_chain.as_slice() else {
        unreachable!("{:?}", result.error_chain)
    };
    assert!(top.is_profile_not_found());
    assert_eq!(
        top.us_english_description.as_deref(),
        Some("The profile was not found.")
    );
    assert_eq!(below.error_code, 4001);
    assert_eq!(below.us_english_description, None);
}

#[test]
fn a_strange_error_chain_does_not_lose_the_error() {
    for (from, to) in [
        ("<integer>89</integer>", "<string>many</string>"),
        ("<key>ErrorDomain</key>", "<key>X</key>"),
        ("<array>", "<dict><key>a</key><array>"),
    ] {
        let text = String::from_utf8(fixture("result/Error.remove_profile.plist")).unwrap();
        let mut text = text.replacen(from, to, 1);
        if to.starts_with("<dict>") {
            text = text.replacen("</array>", "</array></dict>", 1);
        }
        let result = CommandResult::parse(text.as_bytes()).unwrap();
        assert_eq!(result.status, Status::Error);
    }
}

#[test]
fn missing_keys_and_wrong_types() {
    for (name, from, to) in [
        ("NotNow.iphone", "<key>Status<", "<key>X<"),
        ("NotNow.iphone", "<key>CommandUUID<", "<key>X<"),
        ("NotNow.iphone", "<key>UDID<", "<key>X<"),
        ("NotNow.iphone", "<string>NotNow<", "<string>Later<"),
        ("NotNow.iphone", "<string>NotNow</string>", "<true/>"),
    ] {
        assert!(changed(name, from, to).is_err(), "{from} → {to}");
    }
    // The device may not know the UUID of a command it could not read.
    let result = changed("CommandFormatError.iphone", "<key>CommandUUID<", "<key>X<").unwrap();
    assert_eq!(result.command_uuid, None);
}

#[test]
fn every_truncation_is_refused() {
    for name in [
        "NotNow.iphone",
        "DeviceInformation.iphone",
        "ProfileList.iphone",
    ] {
        for bytes in both(&format!("result/{name}")) {
            for len in 0..bytes.trim_ascii_end().len() {
                assert!(
                    CommandResult::parse(&bytes[..len]).is_err(),
                    "{name} at {len}"
                );
            }
        }
    }
}

#[test]
fn device_information_of_an_iphone() {
    let info = DeviceInformationResult::read(&read("DeviceInformation.iphone").body).unwrap();
    assert_eq!(info.device_name.as_deref(), Some("Adas iPhone"));
    assert_eq!(info.is_supervised, Some(true));
    assert_eq!(info.pin_required_for_erase, None);
    assert!(info.problems.is_empty());
    let facts = info.facts();
    for (key, value) in [
        ("name", json!("Adas iPhone")),
        ("serial_number", json!("FIXTURE00001")),
        ("os_version", json!("18.2")),
        ("device_capacity_bytes", json!(256_000_000_000_u64)),
        ("available_capacity_bytes", json!(101_500_000_000_u64)),
        ("battery_level", json!(0.75)),
        ("is_supervised", json!(true)),
        ("is_multi_user", json!(false)),
        ("cellular_technology", json!(3)),
        ("wifi_mac", json!("02:00:00:00:00:01")),
        ("last_cloud_backup_at", json!("2026-11-20T04:05:06Z")),
        // From the subscription that carries the data.
        ("phone_number", json!("+46700000000")),
        ("is_roaming", json!(true)),
        ("iccid", json!("0000000000000000001")),
        ("imeis", json!(["000000000000026", "000000000000018"])),
        ("eids", json!(["00000000000000000000000000000001"])),
    ] {
        assert_eq!(fact(&facts, key), Some(value), "{key}");
    }
    // Absent is unknown, not false.
    assert_eq!(fact(&facts, "is_cloud_backup_enabled"), None);
}

#[test]
fn device_information_of_an_old_mac() {
    let info = DeviceInformationResult::read(&read("DeviceInformation.mac").body).unwrap();
    let facts = info.facts();
    assert_eq!(
        fact(&facts, "device_capacity_bytes"),
        Some(json!(500_u64 * 1_073_741_824)),
        "base 2 before macOS 12"
    );
    assert_eq!(
        fact(&facts, "available_capacity_bytes"),
        Some(json!(250_u64 * 1_073_741_824)),
        "written as an integer"
    );
    assert_eq!(fact(&facts, "battery_level"), None, "-1 is unknown");
    assert_eq!(info.pin_required_for_erase, Some(true));
    assert_eq!(fact(&facts, "imeis"), None);
}

#[test]
fn one_bad_value_does_not_lose_the_others() {
    let result = changed(
        "DeviceInformation.iphone",
        "<string>18.2</string>",
        "<integer>18</integer>",
    )
    .unwrap();
    let info = DeviceInformationResult::read(&result.body).unwrap();
    assert_eq!(info.problems, ["OSVersion"]);
    assert_eq!(info.os_version, None);
    assert_eq!(info.serial_number.as_deref(), Some("FIXTURE00001"));
    let result = changed("DeviceInformation.iphone", "<real>256.0<", "<real>-3<").unwrap();
    let info = DeviceInformationResult::read(&result.body).unwrap();
    assert_eq!(fact(&info.facts(), "device_capacity_bytes"), None);
    let result = changed("DeviceInformation.iphone", "<real>256.0<", "<real>1e300<").unwrap();
    let info = DeviceInformationResult::read(&result.body).unwrap();
    assert_eq!(fact(&info.facts(), "device_capacity_bytes"), None);
}

#[test]
fn an_answer_to_another_command_is_refused() {
    let body = read("Acknowledged.iphone").body;
    let missing = |key| WireError::Missing { key };
    assert_eq!(
        DeviceInformationResult::read(&body),
        Err(missing("QueryResponses"))
    );
    assert_eq!(
        SecurityInfoResult::read(&body),
        Err(missing("SecurityInfo"))
    );
    assert_eq!(ProfileListResult::read(&body), Err(missing("ProfileList")));
    assert_eq!(
        DeviceLockResult::read(&body),
        Ok(DeviceLockResult::default())
    );
}

#[test]
fn security_info_of_iphone_and_mac() {
    let iphone = SecurityInfoResult::read(&read("SecurityInfo.iphone").body).unwrap();
    assert_eq!(iphone.passcode_present, Some(true));
    assert_eq!(iphone.passcode_compliant_with_profiles, Some(false));
    assert_eq!(iphone.hardware_encryption_caps, Some(3));
    assert_eq!(iphone.filevault_enabled, None);
    assert_eq!(fact(&iphone.facts(), "enrolled_via_ade"), Some(json!(true)));

    let result = read("SecurityInfo.mac");
    assert!(!format!("{result:?}").contains("102, 105, 120"));
    let mac = SecurityInfoResult::read(&result.body).unwrap();
    assert_eq!(mac.filevault_enabled, Some(true));
    assert_eq!(mac.firewall_enabled, Some(true));
    assert_eq!(mac.passcode_present, None);
    assert_eq!(
        mac.personal_recovery_key_cms.as_ref().unwrap().expose(),
        b"fixture recovery key"
    );
    let facts = mac.facts();
    assert_eq!(fact(&facts, "secure_boot_level"), Some(json!("full")));
    assert_eq!(
        fact(&facts, "firewall_blocks_all_incoming"),
        Some(json!(false))
    );
    assert_eq!(fact(&facts, "is_recovery_lock_enabled"), Some(json!(false)));
    assert!(!format!("{mac:?}").contains("102, 105, 120"));
}

#[test]
fn security_info_with_wrong_types() {
    let result = changed("SecurityInfo.iphone", "<integer>3</integer>", "<true/>").unwrap();
    let info = SecurityInfoResult::read(&result.body).unwrap();
    assert_eq!(info.problems, ["HardwareEncryptionCaps"]);
    assert_eq!(info.passcode_present, Some(true));
}

#[test]
fn profile_list() {
    let list = ProfileListResult::read(&read("ProfileList.iphone").body).unwrap();
    assert_eq!(list.unreadable, 0);
    assert!(list.contains("com.example.enroll"));
    assert!(!list.contains("com.example.other"));
    let [enroll, wifi] = list.profiles.as_slice() else {
        unreachable!("{list:?}")
    };
    assert_eq!(enroll.is_managed, Some(true));
    assert_eq!(enroll.payloads[0].payload_type, "com.apple.mdm");
    assert_eq!(wifi.is_managed, None);
    assert_eq!(
        wifi.source.as_deref(),
        Some("Declarative Device Management")
    );
    let facts = list.facts();
    assert_eq!(fact(&facts, "profile_count"), Some(json!(2)));
    let profiles = fact(&facts, "profiles").unwrap();
    assert_eq!(profiles[1]["identifier"], "com.example.wifi");
    assert_eq!(profiles[1].get("is_managed"), None);
}

#[test]
fn a_profile_without_identifier_is_counted_and_left_out() {
    let result = changed("ProfileList.iphone", "<key>HasRemovalPasscode<", "<key>X<").unwrap();
    assert_eq!(ProfileListResult::read(&result.body).unwrap().unreadable, 0);
    let text = String::from_utf8(fixture("result/ProfileList.iphone.plist")).unwrap();
    let text = text.replace("<string>com.example.wifi</string>", "<integer>1</integer>");
    let result = CommandResult::parse(text.as_bytes()).unwrap();
    let list = ProfileListResult::read(&result.body).unwrap();
    assert_eq!((list.profiles.len(), list.unreadable), (1, 1));
}

#[test]
fn device_lock_tells_what_became_of_the_message() {
    let lock = |result: &CommandResult| DeviceLockResult::read(&result.body).unwrap();
    assert_eq!(
        lock(&read("DeviceLock.iphone")).message_result,
        Some(MessageResult::NoPasscodeSet)
    );
    for (word, expected) in [
        ("Success", MessageResult::Success),
        ("DeviceInLostMode", MessageResult::DeviceInLostMode),
        ("Novelty", MessageResult::Unknown("Novelty".into())),
    ] {
        let result = changed("DeviceLock.iphone", "NoPasscodeSet", word).unwrap();
        assert_eq!(lock(&result).message_result, Some(expected));
    }
    let wrong = changed(
        "DeviceLock.iphone",
        "<string>NoPasscodeSet</string>",
        "<true/>",
    )
    .unwrap();
    let unknown = DeviceLockResult::read(&wrong.body).unwrap();
    assert_eq!(unknown.message_result, None);
}

#[test]
fn every_fact_key_of_the_fixtures_is_known_to_the_ingestion_check() {
    use crate::command::queries::fact_allowed;
    use crate::platform::{DeviceFacts, EnrollmentType, Ownership, Platform};
    let personal = DeviceFacts {
        ownership: Ownership::Personal,
        ..DeviceFacts::corporate(Platform::Ios, EnrollmentType::Profile)
    };
    let body = |name| read(name).body;
    let mut facts = ProfileListResult::read(&body("ProfileList.iphone"))
        .unwrap()
        .facts();
    facts.extend(
        SecurityInfoResult::read(&body("SecurityInfo.mac"))
            .unwrap()
            .facts(),
    );
    for (key, _) in facts {
        assert!(fact_allowed(key, &personal), "{key}");
    }
    let facts = DeviceInformationResult::read(&body("DeviceInformation.iphone")).unwrap();
    let kept: Vec<_> = facts
        .facts()
        .into_iter()
        .map(|(key, _)| key)
        .filter(|key| fact_allowed(key, &personal))
        .collect();
    assert!(kept.contains(&"os_version") && kept.contains(&"serial_number"));
    for key in [
        "imei",
        "imeis",
        "phone_number",
        "iccid",
        "is_roaming",
        "service_subscriptions",
        "eids",
        "wifi_mac",
    ] {
        assert!(!kept.contains(&key), "{key}");
    }
}
