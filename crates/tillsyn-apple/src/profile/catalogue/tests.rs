#![expect(clippy::expect_used, reason = "tests")]

use super::table::TABLE;
use super::*;
use crate::platform::OsVersion;

fn payload(kind: &str) -> &'static Payload {
    variants(kind).first().expect("a known payload")
}

fn key(kind: &str, path: &[&str]) -> &'static Key {
    payload(kind).find(path).expect("a known key")
}

#[test]
fn every_line_of_the_table_is_read() {
    assert_eq!(TABLE.unread, Vec::<&str>::new());
    assert_eq!(payloads().count(), 126);
    assert_eq!(payload_types().len(), 120);
    assert!(TABLE.keys.len() > 2200, "{}", TABLE.keys.len());
}

#[test]
fn a_type_of_many_files_has_many_variants() {
    let names: Vec<_> = variants("com.apple.MCX")
        .iter()
        .map(|of| of.variant)
        .collect();
    assert_eq!(
        names,
        [
            "Accounts",
            "EnergySaver",
            "FileVault2",
            "Mobility",
            "TimeServer",
            "WiFi"
        ]
    );
    let sso: Vec<_> = variants("com.apple.extensiblesso")
        .iter()
        .map(|of| of.variant)
        .collect();
    assert_eq!(sso, ["", "kerberos"]);
    // Files whose name is not their type.
    assert_eq!(variants(".GlobalPreferences").len(), 1);
    assert_eq!(variants("com.apple.preference.users").len(), 1);
    assert!(variants("com.apple.preferences.users").is_empty());
    assert!(variants("TopLevel").is_empty());
}

#[test]
fn the_home_screen_goes_in_circles_and_ends() {
    let dock = key("com.apple.homescreenlayout", &["Dock"]);
    let page = key("com.apple.homescreenlayout", &["Dock", "0", "Pages", "0"]);
    assert_eq!(page.again().map(|key| key.name), Some("Dock"));
    assert!(
        page.children()
            .map(|key| key.name)
            .eq(dock.children().map(|key| key.name))
    );
    // Folders in folders, as deep as one asks.
    let mut path = vec!["Pages", "0", "0"];
    for _ in 0..20 {
        let icon = key("com.apple.homescreenlayout", &path);
        assert_eq!(icon.name, "IconItem");
        path.extend(["Pages", "0", "0"]);
    }
    path.push("BundleID");
    assert_eq!(key("com.apple.homescreenlayout", &path).kind, Kind::String);
}

#[test]
fn the_list_of_applications_goes_in_circles_and_ends() {
    let sub = key(
        "com.apple.applicationaccess.new",
        &["whiteList", "0", "subApps"],
    );
    assert_eq!(sub.again().map(|key| key.name), Some("whiteList"));
    let deep = ["whiteList", "0", "subApps", "0", "subApps", "0", "appID"];
    assert_eq!(
        key("com.apple.applicationaccess.new", &deep).kind,
        Kind::Data
    );
}

#[test]
fn no_walk_of_own_keys_is_deep() {
    fn depth(key: &Key) -> usize {
        let below = || key.children().map(depth).max().unwrap_or(0);
        1 + if key.again().is_some() { 0 } else { below() }
    }
    let deepest = payloads().flat_map(Payload::keys).map(depth).max();
    assert_eq!(deepest, Some(7));
    let circles = TABLE.keys.iter().filter(|key| key.again.is_some()).count();
    assert_eq!(circles, 3);
}

#[test]
fn keys_keep_the_order_of_the_schema() {
    let names: Vec<_> = payload("com.apple.wifi.managed")
        .keys()
        .map(|key| key.name)
        .collect();
    assert_eq!(names.get(..2), Some(["AutoJoin", "SSID_STR"].as_slice()));
    assert!(names.contains(&"EAPClientConfiguration"));
}

#[test]
fn a_key_says_what_is_allowed() {
    let security = key("com.apple.wifi.managed", &["EncryptionType"]);
    assert!(security.allowed.contains(&Scalar::Text("WPA3")));
    assert_eq!(security.default, Some(Scalar::Text("Any")));
    let attempts = key(
        "com.apple.mobiledevice.passwordpolicy",
        &["maxFailedAttempts"],
    );
    assert_eq!(
        (attempts.min, attempts.max),
        (Some(Scalar::Integer(2)), Some(Scalar::Integer(11)))
    );
    let pair = ["Subject", "0", "0", "0"];
    let pair = key("com.apple.security.acme", &pair);
    assert_eq!((pair.least, pair.most), (Some(2), Some(2)));
    let longitude = key(
        "com.apple.cellularprivatenetwork.managed",
        &["Geofences", "0", "Longitude"],
    );
    assert_eq!(longitude.min, Some(Scalar::Real(-180.0)));
    let anchor = [
        "EAPClientConfiguration",
        "PayloadCertificateAnchorUUID",
        "0",
    ];
    assert_eq!(
        key("com.apple.wifi.managed", &anchor).format,
        Some(Format::Uuid)
    );
}

#[test]
fn support_is_inherited_field_by_field() {
    let camera = key("com.apple.applicationaccess", &["allowCamera"]).support;
    let mac = camera.on(System::Macos).expect("macOS");
    assert_eq!(mac.introduced, OsVersion::new(10, 11));
    assert!(mac.mac_user_channel());
    assert_eq!(mac.user_enrollment, UserEnrollment::Forbidden);
    // The payload is newer on watchOS, and the key says nothing of it.
    assert!(camera.on(System::Watchos).is_none());
}

#[test]
fn what_came_and_went_after_18_2_is_known() {
    let rule =
        |kind, path: &[&str], system| key(kind, path).support.on(system).copied().expect("a rule");
    let delay = rule(
        "com.apple.applicationaccess",
        &["enforcedSoftwareUpdateDelay"],
        System::Ios,
    );
    assert_eq!(delay.removed, Some(OsVersion::new(27, 0)));
    let update = payload("com.apple.SoftwareUpdate")
        .support
        .on(System::Macos);
    assert_eq!(
        update.and_then(|rule| rule.removed),
        Some(OsVersion::new(27, 0))
    );
    let processes = key("com.apple.system.logging", &["Processes"]);
    assert!(processes.support.on(System::Macos).is_none());
    let camera = rule(
        "com.apple.applicationaccess",
        &["allowCamera"],
        System::Visionos,
    );
    assert_eq!(camera.introduced, OsVersion::new(27, 0));
    let siri = rule("com.apple.applicationaccess", &["allowSiriAI"], System::Ios);
    assert!(siri.supervised());
    let icon = key("com.apple.homescreenlayout", &["Dock", "0", "Type"]);
    assert!(icon.allowed.contains(&Scalar::Text("Application")));
    assert!(!icon.allowed.contains(&Scalar::Text("App")));
}

#[test]
fn one_passcode_policy_but_many_networks() {
    assert!(exclusive("com.apple.app.lock", System::Ios));
    assert!(!exclusive("com.apple.wifi.managed", System::Ios));
    assert!(!exclusive("com.example.unknown", System::Ios));
}

#[test]
fn formats_match_as_the_schema_writes_them() {
    assert!(Format::Uuid.matches("0A1B2C3D-0000-1111-2222-333344445555"));
    assert!(!Format::Uuid.matches("0A1B2C3D-0000-1111-2222-33334444555"));
    assert!(!Format::Uuid.matches("0A1B2C3D000011112222333344445555"));
    assert!(Format::MacAddress.matches("00:1b:63:84:45:e6"));
    assert!(!Format::MacAddress.matches("00-1b-63-84-45-e6"));
    assert!(Format::Https.matches("https://example.com/a"));
    assert!(!Format::Https.matches("http://example.com/a"));
    assert!(Format::SixDigits.matches("310410"));
    assert!(!Format::SixDigits.matches("31041"));
    for (text, fits) in [
        ("506F9A", true),
        ("0123456789", true),
        ("50:6F", false),
        ("", false),
    ] {
        assert_eq!(Format::RoamingConsortium.matches(text), fits, "{text}");
    }
}
