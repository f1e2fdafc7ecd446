#![expect(clippy::expect_used, reason = "tests")]

use serde_json::json;
use tillsyn_pki::hash;

use super::create::host;
use super::record::{back_off, next_try, quiet};
use super::sign::{self, Told};
use super::store::Format;
use super::subscription::{checked, takes};
use crate::clock::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

fn list(patterns: &[&str]) -> Vec<String> {
    patterns.iter().map(|p| (*p).to_owned()).collect()
}

#[test]
fn patterns_take_one_action_a_kind_or_all() {
    assert!(takes(&list(&["device.enroll"]), "device.enroll"));
    assert!(!takes(&list(&["device.enroll"]), "device.enrolled"));
    assert!(takes(&list(&["x.y", "device.*"]), "device.move"));
    assert!(!takes(&list(&["device.*"]), "device_authority.add"));
    assert!(takes(&list(&["*"]), "guard.stop"));
    assert!(!takes(&[], "guard.stop"));
}

#[test]
fn patterns_that_meet_nothing_are_refused() {
    let fine = checked(
        Format::Tillsyn,
        &list(&[" guard.stop", "device.*", "device.*"]),
    )
    .expect("known");
    assert_eq!(fine, list(&["device.*", "guard.stop"]));
    for wrong in [
        "device.dance",
        "dance.*",
        "dev*",
        "*.enroll",
        "",
        "device.",
        "**",
    ] {
        let error = checked(Format::Tillsyn, &list(&[wrong])).expect_err(wrong);
        assert_eq!(error.code, "webhook_event_unknown", "{wrong}");
    }
    assert_eq!(
        checked(Format::Tillsyn, &[]).expect_err("none").code,
        "webhook_events"
    );
    // What one format knows the other does not.
    assert!(checked(Format::Nanomdm, &list(&["mdm.*", "mdm.Connect"])).is_ok());
    assert!(checked(Format::Nanomdm, &list(&["device.*"])).is_err());
    assert!(checked(Format::Tillsyn, &list(&["mdm.*"])).is_err());
}

#[test]
fn the_signature_is_over_time_and_body() {
    let signature = sign::signature(b"key", 1_700_000_000_999, b"{}");
    let tag = hash::hex(&hash::hmac_sha256(b"key", &[b"1700000000.{}"]));
    assert_eq!(signature, format!("t=1700000000,v1={tag}"));
}

#[test]
fn the_body_names_the_event_as_the_audit_api_does() {
    let told = Told {
        id: "e",
        at: 1_700_000_000_123,
        actor_kind: "account",
        actor_id: "a",
        action: "device.move",
        object_kind: "device",
        object_id: "d",
        unit_id: "u",
        result: "done",
        details: json!({ "to": "x" }),
    };
    let body: serde_json::Value =
        serde_json::from_slice(&sign::body("dl", "w", &told)).expect("JSON");
    assert_eq!(
        body,
        json!({
            "delivery_id": "dl",
            "webhook_id": "w",
            "event": {
                "id": "e", "at": "2023-11-14T22:13:20.123Z", "actor_kind": "account", "actor_id": "a",
                "action": "device.move", "object_kind": "device", "object_id": "d", "unit_id": "u",
                "result": "done", "details": { "to": "x" },
            },
        })
    );
}

#[test]
fn tries_come_ever_later_and_end_after_a_day() {
    let waits: Vec<i64> = (1..=8).map(|attempt| back_off(attempt, 0)).collect();
    assert_eq!(
        waits,
        [
            10 * SECOND_MS,
            40 * SECOND_MS,
            160 * SECOND_MS,
            640 * SECOND_MS,
            2_560 * SECOND_MS,
            10_240 * SECOND_MS,
            4 * HOUR_MS,
            4 * HOUR_MS
        ]
    );
    assert_eq!(back_off(1, 255), 12_500);
    for chance in [0, 128, 255] {
        let (mut now, mut attempt) = (0, 1);
        while let Some(due) = next_try(0, attempt, now, chance) {
            assert!(due > now && due <= DAY_MS);
            (now, attempt) = (due, attempt + 1);
        }
        assert!((9..=13).contains(&attempt), "{attempt} tries");
        assert!(now > DAY_MS - 5 * HOUR_MS - MINUTE_MS);
    }
}

#[test]
fn a_receiver_that_is_well_again_is_found_out_within_minutes() {
    let waits: Vec<i64> = (1..=6).map(|step| quiet(step, 0) / SECOND_MS).collect();
    assert_eq!(waits, [10, 40, 160, 640, 900, 900]);
}

#[test]
fn events_name_the_host_alone() {
    assert_eq!(
        host("https://hooks.example.org:8443/s3cret?x"),
        "hooks.example.org:8443"
    );
    assert_eq!(host("https://hooks.example.org?x"), "hooks.example.org");
}
