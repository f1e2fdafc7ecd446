#![expect(clippy::expect_used, reason = "tests")]

use plist::{Dictionary, Value};

use super::*;
use crate::profile::catalogue::{Kind, Payload, System, variants};

const RESTRICTIONS: &str = "com.apple.applicationaccess";
const PASSCODE: &str = "com.apple.mobiledevice.passwordpolicy";

fn payload(kind: &str, name: &str, own: &[(&str, Value)]) -> Dictionary {
    let mut payload = Dictionary::new();
    payload.insert("PayloadType".to_owned(), Value::from(kind));
    payload.insert("PayloadIdentifier".to_owned(), Value::from(name));
    payload.insert(
        "PayloadUUID".to_owned(),
        Value::from(format!("uuid-{name}")),
    );
    for (key, value) in own {
        payload.insert((*key).to_owned(), value.clone());
    }
    payload
}

fn profile(payload: Dictionary) -> Dictionary {
    let mut root = Dictionary::new();
    let content = vec![Value::Dictionary(payload)];
    root.insert("PayloadContent".to_owned(), Value::Array(content));
    root
}

/// Of one payload here and one there.
fn found(kind: &str, here: &[(&str, Value)], there: &[(&str, Value)]) -> Vec<Conflict> {
    conflicts(
        &profile(payload(kind, "a", here)),
        &profile(payload(kind, "b", there)),
    )
}

fn kinds(found: &[Conflict]) -> Vec<&'static str> {
    found.iter().map(|of| of.kind.as_str()).collect()
}

fn list(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|name| Value::from(*name)).collect())
}

#[test]
fn two_of_what_a_device_takes_once() {
    let filter = |name: &str| [("CatalogURL", Value::from(name))];
    let of = found("com.apple.SoftwareUpdate", &filter("a"), &filter("b"));
    assert_eq!(kinds(&of), ["exclusive"]);
    assert_eq!(
        of.first().map(|of| of.systems.clone()),
        Some(vec![System::Macos])
    );
    assert!(found("com.apple.webClip.managed", &filter("a"), &filter("b")).is_empty());
}

#[test]
fn one_network_or_account_twice() {
    let wifi = |ssid: &str, hidden: bool| {
        [
            ("SSID_STR", Value::from(ssid)),
            ("HIDDEN_NETWORK", Value::from(hidden)),
        ]
    };
    let of = found(
        "com.apple.wifi.managed",
        &wifi("Norrvik", true),
        &wifi("Norrvik", false),
    );
    assert_eq!(kinds(&of), ["same_network"]);
    assert_eq!(
        of.first().and_then(|of| of.about.as_deref()),
        Some("Norrvik")
    );
    assert!(
        found(
            "com.apple.wifi.managed",
            &wifi("Norrvik", true),
            &wifi("norrvik", true)
        )
        .is_empty()
    );
    let eas = |host: &str, ssl: bool| {
        [
            ("Host", Value::from(host)),
            ("UserName", Value::from("{{person.user_name}}")),
            ("SSL", Value::from(ssl)),
        ]
    };
    let of = found(
        "com.apple.eas.account",
        &eas("mail.example.com", true),
        &eas("Mail.Example.com", false),
    );
    assert_eq!(kinds(&of), ["same_account"]);
    assert!(
        found(
            "com.apple.eas.account",
            &eas("a.example", true),
            &eas("b.example", true)
        )
        .is_empty()
    );
}

#[test]
fn one_name_twice_and_the_same_twice() {
    let one = profile(payload(PASSCODE, "a", &[("minLength", Value::from(6))]));
    let other = profile(payload(RESTRICTIONS, "a", &[]));
    assert_eq!(kinds(&conflicts(&one, &other)), ["same_identity"]);
    let same = [("minLength", Value::from(6))];
    assert_eq!(kinds(&found(PASSCODE, &same, &same)), ["duplicate"]);
}

#[test]
fn the_stricter_passcode_wins() {
    let here = [
        ("minLength", Value::from(6)),
        ("maxFailedAttempts", Value::from(5)),
        ("forcePIN", Value::from(true)),
    ];
    let there = [
        ("minLength", Value::from(8)),
        ("maxFailedAttempts", Value::from(9)),
        ("forcePIN", Value::from(true)),
    ];
    let of = found(PASSCODE, &here, &there);
    assert_eq!(kinds(&of), ["value"]);
    let settings = &of.first().expect("one").settings;
    let told: Vec<_> = settings
        .iter()
        .map(|of| (of.key.as_str(), of.rule, of.result.clone(), of.wins.clone()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "maxFailedAttempts",
                Rule::Min,
                Some(Value::from(5)),
                vec![0]
            ),
            ("minLength", Rule::Max, Some(Value::from(8)), vec![1]),
        ]
    );
}

#[test]
fn what_one_forbids_is_forbidden_and_what_one_forces_is_forced() {
    let all = [
        payload(
            RESTRICTIONS,
            "a",
            &[
                ("allowCamera", Value::from(true)),
                ("forceEncryptedBackup", Value::from(false)),
                ("enforcedSoftwareUpdateDelay", Value::from(30)),
                ("ratingApps", Value::from(600)),
                ("safariAcceptCookies", Value::Real(1.5)),
                ("allowListedAppBundleIDs", list(&["a", "b"])),
                ("blockedAppBundleIDs", list(&["x"])),
                ("ratingRegion", Value::from("us")),
            ],
        ),
        payload(
            RESTRICTIONS,
            "b",
            &[
                ("allowCamera", Value::from(false)),
                ("forceEncryptedBackup", Value::from(true)),
                ("enforcedSoftwareUpdateDelay", Value::from(60)),
                ("ratingApps", Value::from(300)),
                ("safariAcceptCookies", Value::from(2)),
                ("allowListedAppBundleIDs", list(&["b", "c"])),
                ("blockedAppBundleIDs", list(&["y"])),
                ("ratingRegion", Value::from("de")),
            ],
        ),
    ];
    let told: Vec<_> = combined(&all.each_ref(), RESTRICTIONS)
        .into_iter()
        .map(|of| (of.key, of.result, of.wins))
        .collect();
    let said =
        |key: &str, result: Option<Value>, wins: &[usize]| (key.to_owned(), result, wins.to_vec());
    assert_eq!(
        told,
        [
            said("allowCamera", Some(Value::from(false)), &[1]),
            said("allowListedAppBundleIDs", Some(list(&["b"])), &[]),
            said("blockedAppBundleIDs", Some(list(&["x", "y"])), &[]),
            said("enforcedSoftwareUpdateDelay", Some(Value::from(60)), &[1]),
            said("forceEncryptedBackup", Some(Value::from(true)), &[1]),
            said("ratingApps", Some(Value::from(300)), &[1]),
            // Of a region nobody knows whose counts.
            said("ratingRegion", None, &[]),
            said("safariAcceptCookies", Some(Value::Real(1.5)), &[0]),
        ]
    );
}

#[test]
fn a_text_where_a_number_should_be_predicts_nothing() {
    let all = [
        ("minLength", Value::from(6)),
        ("minLength", Value::from("8")),
    ];
    let all = all.map(|own| payload(PASSCODE, "a", &[own]));
    let of = combined(&all.each_ref(), PASSCODE);
    assert_eq!(of.first().map(|of| of.result.clone()), Some(None));
}

/// Each key of the two payloads has a rule, and those without one are known by name.
#[test]
fn every_key_is_decided() {
    let mut undefined = Vec::new();
    for kind in [RESTRICTIONS, PASSCODE] {
        for key in variants(kind).into_iter().flat_map(Payload::keys) {
            let rule = rule(kind, key.name).expect("a rule");
            if rule == Rule::Undefined {
                undefined.push(key.name);
            }
            if key.name.starts_with("allow") && key.kind == Kind::Boolean {
                assert_eq!(rule, Rule::And, "{}", key.name);
            }
            if key.name.starts_with("force") && key.kind == Kind::Boolean {
                assert_eq!(rule, Rule::Or, "{}", key.name);
            }
        }
    }
    undefined.sort_unstable();
    assert_eq!(undefined, ["customRegex", "ratingRegion"]);
    assert_eq!(rule("com.apple.wifi.managed", "AutoJoin"), None);
}
