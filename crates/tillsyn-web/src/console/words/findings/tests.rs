use serde_json::json;
use tillsyn_apple::profile::check::Code;
use tillsyn_apple::profile::conflicts::ConflictKind;
use tillsyn_apple::profile::support::Reason;

use super::*;
use crate::i18n::Lang;

fn at(code: &str, path: &str, found: Option<&str>, allowed: Json) -> Finding {
    Finding {
        severity: "error".to_owned(),
        code: code.to_owned(),
        payload: Some(0),
        payload_type: Some("com.apple.wifi.managed".to_owned()),
        payload_identifier: None,
        path: path.to_owned(),
        found: found.map(str::to_owned),
        allowed,
        text: "In English.".to_owned(),
    }
}

#[test]
fn a_finding_names_the_key_what_was_found_and_what_is_allowed() {
    let methods = at(
        "value",
        "EAPClientConfiguration.AcceptEAPTypes[0]",
        Some("12"),
        json!({ "values": [13, 25] }),
    );
    assert_eq!(
        finding(Texts::new(Lang::Sv), &methods),
        "Metoder har ett värde som inte är tillåtet: 12. Tillåtet: TLS, certifikat på enheten (13), \
         PEAP, användarnamn och lösenord (25)."
    );
    let port = at(
        "range",
        "ProxyServerPort",
        Some("70000"),
        json!({ "min": 0, "max": 65535 }),
    );
    assert_eq!(
        finding(Texts::new(Lang::En), &port),
        "Proxy port is out of range: 70000. Allowed: 0–65535."
    );
    let kind = at(
        "type",
        "AutoJoin",
        Some("a list of 3"),
        json!({ "type": "boolean" }),
    );
    assert_eq!(
        finding(Texts::new(Lang::Ja), &kind),
        "「自動接続」の種類が違います。はい／いいえが必要ですが、3個のリストが入っています。"
    );
}

#[test]
fn a_key_without_words_is_named_as_it_is_and_an_unheard_code_in_english() {
    let key = at("unknown_key", "Options[2].Unheard", None, Json::Null);
    let text = finding(Texts::new(Lang::En), &key);
    assert!(text.starts_with("Unheard is a key"), "{text}");
    let unheard = at("unheard", "AutoJoin", None, Json::Null);
    assert_eq!(finding(Texts::new(Lang::Ja), &unheard), "In English.");
}

#[test]
fn every_code_of_the_check_is_said_in_each_language() {
    for code in Code::ALL {
        for lang in Lang::ALL {
            let text = finding(
                Texts::new(lang),
                &at(code.as_str(), "AutoJoin", Some("1"), Json::Null),
            );
            assert_ne!(text, "In English.", "{}", code.as_str());
        }
    }
}

#[test]
fn reasons_say_what_they_know() {
    let l = Texts::new(Lang::En);
    let missing = json!({ "variables": ["person.email", "device.imei"] });
    assert_eq!(
        item_reason(l, "variable_missing", Some(&missing)),
        "A value is not known for this device: person.email, device.imei."
    );
    assert_eq!(
        item_reason(l, "introduced", Some(&json!({ "version": "15.0" }))),
        "Needs version 15.0 or later; the device has an older one."
    );
    assert_eq!(
        item_reason(l, "introduced", None),
        "The system on the device is too old."
    );
    assert_eq!(
        conflict(l, "value", Some("6")),
        "Both set the same key. The device is foreseen to use: 6."
    );
}

#[test]
fn every_kind_of_conflict_is_said_in_each_language() {
    for lang in Lang::ALL {
        let l = Texts::new(lang);
        for kind in ConflictKind::ALL {
            let text = conflict(l, kind.as_str(), None);
            assert_ne!(text, conflict(l, "unheard", None), "{}", kind.as_str());
        }
    }
}

#[test]
fn every_reason_of_a_plan_is_said_in_each_language() {
    let support = Reason::ALL.map(Reason::as_str);
    for lang in Lang::ALL {
        let l = Texts::new(lang);
        for code in support.into_iter().chain(["variable_missing"]) {
            let text = plan_reason(l, code, None);
            assert_ne!(text, plan_reason(l, "unheard", None), "{code}");
        }
    }
    let l = Texts::new(Lang::En);
    assert_eq!(
        plan_reason(l, "introduced", Some("15.0")),
        "Needs version 15.0 or later; the device has an older one."
    );
}
