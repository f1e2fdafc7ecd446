#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use serde_json::json;

use super::rule::{self, Version};
use super::*;

const FILES: [&str; 5] = [
    "commands.rs",
    "names.rs",
    "parameters.rs",
    "queries.rs",
    "settings.rs",
];

/// With `APPLE_SCHEMA_DIR` the tables are made anew and compared; without it, all of them must at least come from one
/// run.
#[test]
fn committed_tables_are_those_of_the_schema() {
    let root = run::root().unwrap();
    let committed = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let hashes: Vec<String> = FILES
        .iter()
        .map(|name| {
            let text = committed(&format!("{FOLDER}/{name}"));
            let line = text.lines().find(|line| line.starts_with("//! input: "));
            line.unwrap().to_owned()
        })
        .collect();
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:?}");
    if let Some(schema) = std::env::var_os("APPLE_SCHEMA_DIR") {
        for (name, text) in generate(Path::new(&schema)).unwrap() {
            assert_eq!(committed(&name), text, "{name}: run `cargo xtask codegen`");
        }
    }
}

#[test]
fn versions_compare_by_number() {
    let version = |text| Version::parse(text).unwrap();
    assert!(version("10.15") > version("10.9"));
    assert!(version("4.2.6") > version("4.2"));
    assert!(Version::parse("1.2.3.4").is_err());
    assert!(Version::parse("n/a").is_err());
}

#[test]
fn an_unquoted_version_an_unknown_right_or_word_stops_the_generator() {
    for support in [
        json!({"iOS": {"introduced": 10.9}}),
        json!({"iOS": {"introduced": "4.0", "accessrights": "AllowEverything"}}),
        json!({"iOS": {"introduced": "4.0", "needsmagic": true}}),
        json!({"iOS": {"introduced": "4.0", "supervised": "yes"}}),
        json!({"iOS": {"introduced": "4.0", "userenrollment": {"mode": "perhaps"}}}),
    ] {
        assert!(rule::of(&support, "iOS").is_err(), "{support}");
    }
}

#[test]
fn a_key_overrides_field_by_field() {
    let parent = json!({"iOS": {"introduced": "5.0", "sharedipad": {"mode": "allowed", "userchannel": true}}});
    let child = json!({"iOS": {"supervised": true, "sharedipad": {"devicechannel": false}}});
    let rule = rule::of(&rule::merge(&parent, &child), "iOS")
        .unwrap()
        .unwrap();
    assert_eq!(rule.introduced, Version([5, 0, 0]));
    assert!(rule.supervised && rule.shared_user && !rule.shared_device);
    let absent = rule::merge(&parent, &json!({"iOS": {"introduced": "n/a"}}));
    assert_eq!(rule::of(&absent, "iOS").unwrap(), None);
}

#[test]
fn anchors_are_resolved() {
    let value = yaml::parse("a: &x {k: [1, 'two', 3.5, null, true]}\nb: *x\n").unwrap();
    assert_eq!(value["a"], value["b"]);
    assert_eq!(value["a"]["k"][1], json!("two"));
    assert!(yaml::parse("a: [").is_err());
}

/// As in two files of mdm/profiles: an alias inside its own anchor must not run for ever.
#[test]
fn an_alias_inside_its_own_anchor_ends() {
    let value = yaml::parse("a: &x\n  b: *x\n").unwrap();
    assert!(yaml::is_cut(&value["a"]["b"]));
}
