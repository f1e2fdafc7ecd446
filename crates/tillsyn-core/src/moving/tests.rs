#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::MovedEnrollment;
use super::proof::chosen;

fn line() -> Value {
    json!({
        "udid": "1", "platform": "ios", "topic": "com.apple.mgmt.External.x",
        "certificate_sha256": "A".repeat(64), "token": "AAEC", "push_magic": "M",
    })
}

fn code(change: impl FnOnce(&mut Value)) -> Option<&'static str> {
    let mut line = line();
    change(&mut line);
    let line: MovedEnrollment = serde_json::from_value(line).unwrap();
    line.check().err().map(|(code, _)| code)
}

#[test]
fn a_line_has_its_defaults_and_its_pin() {
    let line: MovedEnrollment = serde_json::from_value(line()).unwrap();
    assert!(line.check().is_ok());
    assert_eq!(
        (line.enrollment_type.as_str(), line.ownership.as_str()),
        ("profile", "corporate")
    );
    assert_eq!(line.pin(), "a".repeat(64));
    assert_eq!(line.token.expose(), [0, 1, 2]);
    assert!(!format!("{line:?}").contains("[0, 1, 2]"));
    let again: MovedEnrollment =
        serde_json::from_str(&serde_json::to_string(&line).unwrap()).unwrap();
    assert_eq!(again.token.expose(), line.token.expose());
}

#[test]
fn a_line_that_no_device_can_have_is_refused() {
    assert_eq!(code(|l| l["enrollment_id"] = json!("E")), Some("id"));
    assert_eq!(code(|l| l["udid"] = json!("")), Some("id"));
    assert_eq!(code(|l| l["platform"] = json!("android")), Some("platform"));
    assert_eq!(
        code(|l| l["certificate_sha256"] = json!("abc")),
        Some("certificate_sha256")
    );
    assert_eq!(code(|l| l["topic"] = json!("com.example")), Some("topic"));
    assert_eq!(code(|l| l["token"] = json!("")), Some("token"));
    assert_eq!(code(|l| l["push_magic"] = json!("")), Some("token"));
    assert_eq!(code(|l| l["ownership"] = json!("mine")), Some("ownership"));
    assert_eq!(
        code(|l| l["access_rights"] = json!(0)),
        Some("access_rights")
    );
    let shared = json!([{ "user_id": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "token": "AA==",
        "push_magic": "M" }]);
    assert_eq!(code(|l| l["users"] = shared), Some("users"));
    // A mistyped key is a mistake, and a bad secret is not quoted.
    let mut unknown = line();
    unknown["udidd"] = json!("1");
    assert!(serde_json::from_value::<MovedEnrollment>(unknown).is_err());
    let mut bad = line();
    bad["token"] = json!("not-base64!");
    let error = serde_json::from_value::<MovedEnrollment>(bad).unwrap_err();
    assert!(!error.to_string().contains("not-base64"), "{error}");
}

#[test]
fn of_two_certificates_one_must_be_named() {
    let code = |trust, rival, asked| {
        chosen(trust, "p", rival, asked)
            .map(str::to_owned)
            .map_err(|e| e.code)
    };
    assert_eq!(code("provisional", None, None), Ok("p".to_owned()));
    assert_eq!(code("awaited", None, None), Err("certificate_awaited"));
    assert_eq!(code("proven", None, None), Err("enrollment_proven"));
    assert_eq!(code("frozen", Some("r"), None), Err("certificate_choice"));
    assert_eq!(code("frozen", Some("r"), Some("r")), Ok("r".to_owned()));
    assert_eq!(code("frozen", Some("r"), Some("p")), Ok("p".to_owned()));
    assert_eq!(
        code("frozen", Some("r"), Some("x")),
        Err("certificate_unknown")
    );
}
