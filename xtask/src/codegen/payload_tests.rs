#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use serde_json::{Value, json};

use super::payload_keys::{self, Line};
use super::{PAYLOADS, payload_overlay, payloads, yaml};
use crate::run;

fn lines(text: &str) -> Vec<Line> {
    let content = yaml::parse(text).unwrap();
    let mut out = Vec::new();
    payload_keys::walk(&content, &content["payload"]["supportedOS"], &mut out).unwrap();
    out
}

/// As in the layout of the Home Screen: two lists, each inside the other, and one of them used again outside.
const CIRCLES: &str = "
payload: {supportedOS: {iOS: {introduced: '9.3'}}}
payloadkeys:
- key: Dock
  type: <array>
  subkeytype: IconItem
  subkeys: &id001
  - key: IconItem
    type: <dictionary>
    subkeys:
    - key: Pages
      type: <array>
      subkeytype: PagesItem
      subkeys: &id002
      - key: PagesItem
        type: <array>
        subkeytype: IconItem
        subkeys: *id001
- key: Pages
  type: <array>
  subkeytype: PagesItem
  subkeys: *id002
";

#[test]
fn an_alias_of_its_own_ancestor_is_cut_there() {
    let found: Vec<_> = lines(CIRCLES)
        .into_iter()
        .map(|line| (line.depth, line.name, line.again))
        .collect();
    let expected = [
        (0, "Dock", None),
        (1, "IconItem", None),
        (2, "Pages", None),
        (3, "PagesItem", Some(0)),
        (0, "Pages", None),
        (1, "PagesItem", None),
        (2, "IconItem", None),
        (3, "Pages", Some(0)),
    ];
    assert_eq!(
        found,
        expected.map(|(depth, name, again)| (depth, name.to_owned(), again))
    );
}

#[test]
fn a_key_is_told_its_own_support_only() {
    let found = lines(
        "
payload: {supportedOS: {iOS: {introduced: '4.0', supervised: true}, macOS: {introduced: '10.7'}}}
payloadkeys:
- {key: same, type: <string>, supportedOS: {iOS: {introduced: '4.0'}}}
- {key: newer, type: <string>, supportedOS: {iOS: {introduced: '9.0'}}}
- {key: phone, type: <string>, supportedOS: {macOS: {introduced: n/a}}}
",
    );
    let words: Vec<_> = found
        .iter()
        .map(|line| {
            let support = line.support.as_ref();
            support.map(|support| payloads::support_words(support, false).unwrap())
        })
        .collect();
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(
        words,
        [
            None,
            said("iOS 9.0,supervised,shared_device;macOS 10.7"),
            said("iOS 4.0,supervised,shared_device")
        ]
    );
}

#[test]
fn what_the_generator_does_not_know_stops_it() {
    for key in [
        json!({"key": "a", "type": "<string>", "magic": 1}),
        json!({"key": "a", "type": "<text>"}),
        json!({"key": "a", "type": "<string>", "presence": "perhaps"}),
        json!({"key": "a", "type": "<string>", "default": ["x"]}),
        json!({"type": "<string>"}),
    ] {
        let content = json!({"payloadkeys": [key]});
        let mut out = Vec::new();
        let walked = payload_keys::walk(&content, &json!({}), &mut out);
        assert!(walked.is_err(), "{content}");
    }
}

#[test]
fn the_overlay_stops_when_the_schema_has_moved_on() {
    let mut files: Vec<(String, Value)> = Vec::new();
    assert!(payload_overlay::apply(&mut files).is_err());
}

/// With `APPLE_SCHEMA_DIR` the table is made anew and compared.
#[test]
fn committed_catalogue_is_that_of_the_schema() {
    let committed = std::fs::read_to_string(run::root().unwrap().join(PAYLOADS)).unwrap();
    assert!(committed.contains("\n# input: "));
    if let Some(schema) = std::env::var_os("APPLE_SCHEMA_DIR") {
        let fresh = payloads::table(Path::new(&schema)).unwrap();
        assert!(committed == fresh, "run `cargo xtask codegen`");
    }
}
