#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use plist::{Date, Dictionary, Value};
use proptest::prelude::*;

use super::secret_keys::{SECRET, SETTING};
use super::*;
use crate::encode_plist;
use crate::profile::catalogue::{Key, Kind};
use crate::testing::{Damage, all};

const MASK: &str = "••••";

fn profile(content: Vec<Value>) -> Dictionary {
    let mut root = Dictionary::new();
    root.insert("PayloadContent".into(), Value::Array(content));
    root.insert("PayloadIdentifier".into(), "org.example.wifi".into());
    root.insert("PayloadType".into(), "Configuration".into());
    root.insert(
        "PayloadUUID".into(),
        "0B0E0C1A-0000-4000-8000-000000000001".into(),
    );
    root.insert("PayloadVersion".into(), 1_i64.into());
    root
}

fn payload(kind: &str, identifier: &str, values: &[(&str, Value)]) -> Value {
    let mut dict = Dictionary::new();
    dict.insert("PayloadType".into(), kind.into());
    dict.insert("PayloadIdentifier".into(), identifier.into());
    for (key, value) in values {
        dict.insert((*key).to_owned(), value.clone());
    }
    Value::Dictionary(dict)
}

fn template(content: Vec<Value>) -> Template {
    Template::from_root(profile(content)).unwrap()
}

fn wifi(password: &str) -> Value {
    payload(
        "com.apple.wifi.managed",
        "wifi",
        &[("SSID_STR", "Staff".into()), ("Password", password.into())],
    )
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn text_at(template: &Template, key: &str) -> String {
    let path = KeyPath::default().key("PayloadContent").index(0).key(key);
    let value = path.find(template.root()).unwrap();
    value.as_string().unwrap().to_owned()
}

#[test]
fn every_profile_of_the_corpus_keeps_its_tree() {
    for (name, bytes) in all("profile") {
        let Ok(read) = Template::parse(&bytes) else {
            continue;
        };
        assert_eq!(Template::parse(&read.to_plist()).unwrap(), read, "{name}");
        assert_eq!(
            crate::profile::ProfileInfo::parse(&bytes).ok(),
            read.info().ok(),
            "{name}"
        );
    }
}

#[test]
fn what_xml_cannot_hold_is_refused_not_dropped() {
    for text in ["a\u{1}b", "a\0", "\u{ffff}"] {
        let mut root = profile(Vec::new());
        root.insert("Note".into(), text.into());
        assert!(Template::from_root(root).is_err());
    }
    let mut root = profile(Vec::new());
    root.insert("Number".into(), Value::Real(f64::NAN));
    assert!(Template::from_root(root).is_err());
    assert!(Template::parse(&[0x30, 0x82]).is_err());
}

#[test]
fn references_of_keyed_archives_are_kept() {
    let mut root = profile(Vec::new());
    root.insert("Archive".into(), Value::Uid(plist::Uid::new(7)));
    let read = Template::from_root(root).unwrap();
    let xml = String::from_utf8(read.to_plist()).unwrap();
    assert!(xml.contains("<key>CF$UID</key>\n<integer>7</integer>"));
    assert_eq!(Template::parse(xml.as_bytes()).unwrap(), read);
}

#[test]
fn a_variable_stands_in_the_middle_of_a_text() {
    let before = template(vec![payload(
        "com.apple.mail.managed",
        "mail",
        &[(
            "EmailAccountName",
            r"{{person.name|nobody}} at \{{home}} {{ person.email }}{{".into(),
        )],
    )]);
    let names: Vec<_> = before.variables().into_iter().map(|v| v.name).collect();
    assert_eq!(names, ["person.name", "person.email"]);
    let full = values(&[("person.name", "Åsa"), ("person.email", "a@example.org")]);
    assert_eq!(
        text_at(&before.expand(&full).unwrap(), "EmailAccountName"),
        "Åsa at {{home}} a@example.org{{"
    );
    let fallback = values(&[("person.email", "x")]);
    assert_eq!(
        text_at(&before.expand(&fallback).unwrap(), "EmailAccountName"),
        "nobody at {{home}} x{{"
    );
    let missing = before.expand(&BTreeMap::new()).unwrap_err();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].name, "person.email");
    assert_eq!(
        missing[0].path.to_string(),
        "PayloadContent[0].EmailAccountName"
    );
}

#[test]
fn a_hostile_value_stays_one_text() {
    let before = template(vec![payload(
        "x",
        "x",
        &[("Name", "{{device.name}}".into())],
    )]);
    let hostile = "</string><key>Password</key><string>{{person.email}}\\{{ & \"";
    let after = before.expand(&values(&[("device.name", hostile)])).unwrap();
    assert_eq!(text_at(&after, "Name"), hostile);
    let read = Template::parse(&after.to_plist()).unwrap();
    assert_eq!(read, after);
}

#[test]
fn a_root_certificate_takes_the_place_of_its_marker() {
    let marker = format!("{{{{{ROOT_MARKER}}}}}");
    let before = template(vec![payload(
        "com.apple.security.root",
        "root",
        &[("PayloadContent", marker.as_str().into())],
    )]);
    let after = before.with_data(ROOT_MARKER, &[0x30, 1, 2]);
    let path = KeyPath::default()
        .key("PayloadContent")
        .index(0)
        .key("PayloadContent");
    assert_eq!(
        path.find(after.root()),
        Some(&Value::Data(vec![0x30, 1, 2]))
    );
    assert!(after.variables().is_empty());
}

#[test]
fn a_payload_asks_for_our_certificate_by_its_url() {
    let scep = |url: &str| {
        let mut content = Dictionary::new();
        content.insert("URL".into(), url.into());
        let content = Value::Dictionary(content);
        payload(
            "com.apple.security.scep",
            "cert",
            &[("PayloadContent", content)],
        )
    };
    let ours = template(vec![scep("{{credential.scep_url}}")]);
    assert_eq!(
        ours.credentials(),
        [CredentialUse {
            payload: "cert".into(),
            method: CredentialMethod::Scep
        }]
    );
    assert!(
        template(vec![scep("https://ca.example.org/scep")])
            .credentials()
            .is_empty()
    );
}

#[test]
fn secrets_are_masked_and_come_back() {
    let secret = template(vec![
        wifi("canary-1"),
        payload(
            "com.apple.security.pkcs12",
            "p12",
            &[("PayloadContent", Value::Data(b"canary-2".to_vec()))],
        ),
        payload(
            "org.example.unknown",
            "other",
            &[
                ("apiToken", "canary-3".into()),
                ("SharePIN", 4711_i64.into()),
            ],
        ),
    ]);
    let shown = secret.masked(MASK);
    let xml = String::from_utf8(shown.to_plist()).unwrap();
    assert!(!xml.contains("canary") && !xml.contains("Y2FuYXJ5") && !xml.contains("4711"));
    assert!(!format!("{secret:?}").contains("canary"));
    let mut back = shown.clone();
    assert!(back.merge_secrets(&secret, MASK).is_empty());
    assert_eq!(back, secret);
    // Another type, another identifier: nothing follows.
    let mut moved = shown;
    let path = KeyPath::default()
        .key("PayloadContent")
        .index(0)
        .key("PayloadIdentifier");
    *path.find_mut(moved.root_mut()).unwrap() = "elsewhere".into();
    let lost = moved.merge_secrets(&secret, MASK);
    assert_eq!(lost.len(), 1);
    assert_eq!(lost[0].to_string(), "PayloadContent[0].Password");
}

#[test]
fn a_list_in_another_order_does_not_swap_its_passwords() {
    let airplay = |devices: &[(&str, &str)]| {
        let items = devices.iter().map(|(name, password)| {
            let mut dict = Dictionary::new();
            dict.insert("DeviceName".into(), (*name).into());
            dict.insert("Password".into(), (*password).into());
            Value::Dictionary(dict)
        });
        let items = Value::Array(items.collect());
        template(vec![payload(
            "com.apple.airplay",
            "airplay",
            &[("Passwords", items)],
        )])
    };
    let former = airplay(&[("hall", "one"), ("library", "two")]);
    let mut swapped = airplay(&[("library", MASK), ("hall", MASK)]);
    assert!(swapped.merge_secrets(&former, MASK).is_empty());
    assert_eq!(swapped, airplay(&[("library", "two"), ("hall", "one")]));
    let mut grown = airplay(&[("hall", MASK), ("stage", MASK), ("library", "new")]);
    assert_eq!(grown.merge_secrets(&former, MASK).len(), 1);
}

#[test]
fn only_what_the_profile_says_itself_is_a_secret() {
    let paths = |value: Value| {
        let payload = payload("com.apple.wifi.managed", "wifi", &[("Password", value)]);
        template(vec![payload]).secret_paths().len()
    };
    assert_eq!(paths("{{person.user_name}}".into()), 0);
    assert_eq!(paths("".into()), 0);
    assert_eq!(paths(true.into()), 0);
    assert_eq!(paths("{{person.user_name|guest}}".into()), 1);
    assert_eq!(paths("salt-{{person.user_name}}".into()), 1);
}

#[test]
fn a_difference_names_the_path_and_hides_secrets() {
    let old = template(vec![
        wifi("canary-old"),
        payload("a", "a", &[("On", true.into())]),
    ]);
    let new = template(vec![
        payload("a", "a", &[("On", false.into()), ("Level", 2_i64.into())]),
        wifi("canary-new"),
    ]);
    let changes = old.diff(&new);
    let told: Vec<_> = changes
        .iter()
        .map(|c| {
            (
                c.path.to_string(),
                c.kind.as_str(),
                c.old.clone(),
                c.new.clone(),
            )
        })
        .collect();
    let text = |t: &str| Some(t.to_owned());
    assert_eq!(
        told,
        [
            (
                "PayloadContent[0].Level".to_owned(),
                "added",
                None,
                text("2")
            ),
            (
                "PayloadContent[0].On".to_owned(),
                "changed",
                text("true"),
                text("false")
            ),
            (
                "PayloadContent[1].Password".to_owned(),
                "changed",
                text("••••••"),
                text("••••••")
            ),
        ]
    );
    assert!(old.diff(&old).is_empty());
    let swapped = template(vec![
        payload("a", "a", &[("On", true.into())]),
        wifi("canary-old"),
    ]);
    assert_eq!(old.diff(&swapped).len(), 1);
}

#[test]
fn the_tables_are_sorted_and_disjoint() {
    assert!(SECRET.is_sorted() && SETTING.is_sorted());
    assert!(SECRET.iter().all(|key| !SETTING.contains(key)));
}

/// Whatever sounds like a secret in the schema is in a table, so that a new key is decided on.
#[test]
fn every_key_of_the_schema_that_sounds_like_a_secret_is_decided() {
    fn walk(keys: impl Iterator<Item = &'static Key>, depth: usize, found: &mut Vec<&'static str>) {
        for key in keys {
            let scalar = !matches!(key.kind, Kind::Boolean | Kind::Array | Kind::Dictionary);
            let lower = key.name.to_ascii_lowercase();
            let sounds = ["password", "secret", "challenge", "token", "passcode"];
            if scalar && (sounds.iter().any(|word| lower.contains(word)) || lower.ends_with("pin"))
            {
                found.push(key.name);
            }
            // The name of an array's item is no key of a profile.
            if depth < 8 && key.kind == Kind::Dictionary {
                walk(key.children(), depth + 1, found);
            } else if depth < 8 && key.kind == Kind::Array {
                let items = key.children().filter(|item| item.kind == Kind::Dictionary);
                items.for_each(|item| walk(item.children(), depth + 2, found));
            }
        }
    }
    let mut found = Vec::new();
    for payload in crate::profile::catalogue::payloads() {
        walk(payload.keys(), 0, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    assert!(found.len() >= 20, "{found:?}");
    found.retain(|key| !SECRET.contains(key) && !SETTING.contains(key));
    assert_eq!(found, [] as [&str; 0]);
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ -~åäö日本\n\t\r]{0,20}".prop_map(Value::from),
        r"(\\?\{\{[a-z.|]{0,6}\}\}|[a-z ]{1,3}){0,4}".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Value::Real),
        proptest::collection::vec(any::<u8>(), 0..20).prop_map(Value::Data),
        (-60_000_000_000_i64..250_000_000_000).prop_map(|secs| {
            let offset = std::time::Duration::from_secs(secs.unsigned_abs());
            let time = if secs < 0 {
                std::time::SystemTime::UNIX_EPOCH - offset
            } else {
                std::time::SystemTime::UNIX_EPOCH + offset
            };
            Value::Date(Date::from(time))
        }),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec(("[A-Za-z. &<]{1,10}|Password|Challenge", inner), 0..5)
                .prop_map(|pairs| Value::Dictionary(pairs.into_iter().collect())),
        ]
    })
}

fn keys(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Dictionary(dict) => {
            for (key, item) in dict {
                found.push(key.clone());
                keys(item, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn xml_and_binary_and_template_are_the_same_tree(
        items in proptest::collection::vec(tree(), 0..4)
    ) {
        let contents: Vec<Value> = items
            .into_iter()
            .enumerate()
            .map(|(nth, item)| payload("t", &format!("p{nth}"), &[("Value", item)]))
            .collect();
        let root = Value::Dictionary(profile(contents));
        let mut binary = Vec::new();
        plist::to_writer_binary(&mut binary, &root).unwrap();
        let from_binary = Template::parse(&binary).unwrap();
        let from_xml = Template::parse(&encode_plist(&root)).unwrap();
        prop_assert_eq!(&Value::Dictionary(from_xml.root().clone()), &root);
        prop_assert_eq!(from_binary.to_plist(), from_xml.to_plist());
        let (mut one, mut other) = (Vec::new(), Vec::new());
        keys(&root, &mut one);
        keys(&Value::Dictionary(from_binary.root().clone()), &mut other);
        prop_assert_eq!(one, other);
        // Masking and merging gives the same tree; a difference from oneself is none.
        let mut masked = from_xml.masked(MASK);
        prop_assert!(masked.merge_secrets(&from_xml, MASK).is_empty());
        prop_assert_eq!(&masked, &from_xml);
        prop_assert!(from_xml.diff(&from_xml).is_empty());
        // What is expanded with values for all names can be written and read.
        let all = from_xml.variables().into_iter().map(|v| (v.name, format!("<&{}>", "}}")));
        let expanded = from_xml.expand(&all.collect()).unwrap();
        prop_assert_eq!(Template::parse(&expanded.to_plist()).unwrap(), expanded);
    }
}

#[test]
fn damaged_profiles_do_not_harm() {
    let mut damage = Damage::new(11);
    for (_, bytes) in all("profile") {
        for _ in 0..200 {
            let Ok(read) = Template::parse(&damage.apply(&bytes)) else {
                continue;
            };
            assert_eq!(Template::parse(&read.to_plist()).unwrap(), read);
            let _ = (read.masked(MASK), read.variables(), read.credentials());
            let _ = read.expand(&BTreeMap::new());
        }
    }
}
