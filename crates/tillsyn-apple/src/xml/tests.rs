#![expect(clippy::unwrap_used, reason = "tests")]

use plist::Dictionary;

use super::*;
use crate::plist_guard::{Limits, parse};

#[test]
fn what_is_written_is_read_back() {
    let mut dict = Dictionary::new();
    dict.insert(
        "A & <B>".into(),
        Value::from("x < y & z > \"q\"\r\n\t å 日本"),
    );
    dict.insert("Empty".into(), Value::from(""));
    dict.insert("Data".into(), Value::Data(vec![0, 255, 1]));
    dict.insert("Int".into(), Value::from(-5_i64));
    dict.insert("Big".into(), Value::from(u64::MAX));
    dict.insert("Real".into(), Value::Real(0.25));
    dict.insert(
        "Flags".into(),
        Value::Array(vec![true.into(), false.into()]),
    );
    dict.insert("None".into(), Value::Array(Vec::new()));
    dict.insert("Dict".into(), Value::Dictionary(Dictionary::new()));
    let date = plist::Date::from_xml_format("2026-11-22T01:02:03Z").unwrap();
    dict.insert("Date".into(), Value::Date(date));
    let value = Value::Dictionary(dict);
    assert_eq!(parse(&encode(&value), Limits::CHECK_IN).unwrap(), value);
}

#[test]
fn characters_that_xml_forbids_are_dropped() {
    let bytes = encode(&Value::from("a\0b\u{1}c\u{ffff}d"));
    assert_eq!(
        parse(&bytes, Limits::CHECK_IN).unwrap().as_string(),
        Some("abcd")
    );
}
