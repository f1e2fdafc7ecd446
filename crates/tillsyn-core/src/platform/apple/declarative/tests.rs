#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::status::read;
use super::{items, strict, tokens};

fn parsed(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn an_endpoint_is_split_at_its_first_two_slashes() {
    let declaration = [
        "declaration/configuration/se.tillsyn.a",
        "declaration/asset/a/b/c",
        "declaration/management/%2F",
    ];
    for text in declaration {
        assert_eq!(Endpoint::parse(text), Endpoint::Declaration, "{text}");
    }
    let malformed = [
        "",
        "declaration",
        "declaration/asset",
        "declaration/asset/",
        "declaration/profile/x",
        "tokens/",
        "Tokens",
        "status/x",
    ];
    for text in malformed {
        assert_eq!(Endpoint::parse(text), Endpoint::Malformed, "{text}");
    }
    assert_eq!(Endpoint::parse("tokens"), Endpoint::Tokens);
    assert_eq!(Endpoint::parse("declaration-items"), Endpoint::Items);
    assert_eq!(Endpoint::parse("status"), Endpoint::Status);
}

#[test]
fn the_empty_set_has_one_token_and_all_four_lists() {
    let (tokens, items) = (parsed(&tokens(1_767_323_045_678)), parsed(&items()));
    let token = &tokens["SyncTokens"]["DeclarationsToken"];
    assert_eq!(token, &items["DeclarationsToken"]);
    assert!(!token.as_str().unwrap().is_empty());
    assert_eq!(tokens["SyncTokens"]["Timestamp"], "2026-01-02T03:04:05Z");
    for list in ["Activations", "Assets", "Configurations", "Management"] {
        assert_eq!(items["Declarations"][list], json!([]), "{list}");
    }
}

#[test]
fn json_that_two_readers_could_read_in_two_ways_is_refused() {
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    let refused: [&[u8]; 6] = [
        br#"{"a":1,"a":2}"#,
        br#"{"a":{"b":1,"b":1}}"#,
        b"{\"a\":\"\xff\"}",
        br#"{"a":1} {"a":1}"#,
        b"",
        deep.as_bytes(),
    ];
    for bytes in refused {
        assert_eq!(strict::parse(bytes), None);
    }
    let kept = br#"{"a":[1,-2,1.5,null,true,"x"],"b":{"a":1}}"#;
    assert_eq!(strict::parse(kept), Some(parsed(kept)));
}

#[test]
fn a_report_is_kept_with_its_complaints() {
    let report = br#"{"StatusItems":{"device":{"model":"x"},"management":{"declarations":[]}},
        "Errors":[{"StatusItem":"a.b","Reasons":[{"Code":"Error.Unknown"}]}],"FullReport":true}"#;
    let kept = read(report, false).unwrap();
    assert!(kept.full);
    assert_eq!(
        parsed(kept.body.as_bytes())["StatusItems"]["device"]["model"],
        "x"
    );
    assert_eq!(
        parsed(kept.errors.unwrap().as_bytes())[0]["StatusItem"],
        "a.b"
    );
    // Of a personal device only the state of our declarations.
    let personal = parsed(read(report, true).unwrap().body.as_bytes());
    assert_eq!(
        personal["StatusItems"],
        json!({ "management": { "declarations": [] } })
    );
    assert_eq!(read(b"{}", false).unwrap().errors, None);
    for malformed in [
        &b"[]"[..],
        b"{\"StatusItems\":[]}",
        b"{\"Errors\":{}}",
        b"{\"FullReport\":1}",
        b"",
    ] {
        assert_eq!(read(malformed, false), None);
    }
}

#[test]
fn a_large_report_is_named_by_its_size() {
    let long = "x".repeat(300 * 1024);
    let report = json!({ "StatusItems": { "a": long } }).to_string();
    let kept = read(report.as_bytes(), false).unwrap();
    assert_eq!(parsed(kept.body.as_bytes())["truncated"], true);
    let nul = read(br#"{"StatusItems":{"a":"x\u0000y"}}"#, false).unwrap();
    assert!(!nul.body.contains("\\u0000"));
}
