#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use serde_json::json;
use tillsyn_apple::command as wire;

use super::*;
use crate::commands::Request;
use crate::error::Error;

/// Types that the codec can write and the door does not offer.
const NOT_OFFERED: &[(&str, &str)] = &[(
    "RequestUnlockToken",
    "deprecated by Apple; the token comes with TokenUpdate",
)];

#[test]
fn every_builder_of_the_codec_is_offered_or_has_a_reason() {
    for kind in wire::Request::KINDS {
        let name = kind.as_str();
        let left_out = NOT_OFFERED.iter().any(|(n, _)| *n == name);
        assert!(
            CommandType::of(name).is_some() != left_out,
            "{name}: in the catalogue, or left out with a reason, not both"
        );
    }
    for kind in CommandType::all() {
        let known = wire::Request::KINDS.iter().any(|k| k.as_str() == kind.name);
        assert!(known, "{} has no builder", kind.name);
    }
}

#[test]
fn names_are_one_to_one() {
    let mut seen = HashSet::new();
    for kind in CommandType::all() {
        assert!(seen.insert(kind.name), "{} twice", kind.name);
        assert_names(kind.name, kind.parameters);
    }
}

fn assert_names(path: &str, parameters: &'static [Parameter]) {
    let mut names = HashSet::new();
    let mut keys = HashSet::new();
    for parameter in parameters {
        let name = parameter.name;
        assert!(
            names.insert(name) && keys.insert(parameter.key),
            "{path}: {name} twice"
        );
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{path}: {name}"
        );
        match parameter.kind {
            ParameterKind::Object(parts) | ParameterKind::Objects(parts) => {
                assert_names(name, parts);
            }
            ParameterKind::Items(items) => {
                for item in items {
                    assert_names(item.name, item.parameters);
                }
            }
            _ => {}
        }
    }
}

fn refusal(command: serde_json::Value) -> Error {
    Request::read(command).unwrap_err()
}

#[test]
fn wrong_parameters_are_named() {
    for (command, code, field) in [
        (json!("x"), "command", "command"),
        (json!({}), "command_type", "type"),
        (json!({ "type": "Explode" }), "command_type", "type"),
        (
            json!({ "type": "RestartDevice", "now": true }),
            "parameter_unknown",
            "command",
        ),
        (
            json!({ "type": "RestartDevice", "notify_user": "yes" }),
            "parameter_value",
            "notify_user",
        ),
        (
            json!({ "type": "UnlockUserAccount" }),
            "parameter_missing",
            "user_name",
        ),
        (
            json!({ "type": "Settings", "settings": [{ "item": "Colour" }] }),
            "parameter_value",
            "item",
        ),
        (
            json!({ "type": "Settings", "settings": [{ "item": "DeviceName" }] }),
            "parameter_missing",
            "device_name",
        ),
        (
            json!({ "type": "ScheduleOSUpdate", "updates": [{ "install_action": "Now" }] }),
            "parameter_value",
            "install_action",
        ),
        (
            json!({ "type": "RequestMirroring", "scan_time": 5 }),
            "parameter_value",
            "scan_time",
        ),
    ] {
        let error = refusal(command.clone());
        assert_eq!((error.code, error.field), (code, Some(field)), "{command}");
    }
}

#[test]
fn a_secret_is_neither_stored_nor_printed() {
    for command in [
        json!({ "type": "SetRecoveryLock", "new_password": "canary" }),
        json!({ "type": "DeviceLock", "pin": "canary" }),
        json!({ "type": "EraseDevice", "return_to_service":
            { "enabled": true, "wifi_profile": "Y2FuYXJ5" } }),
        json!({ "type": "Settings", "settings": [{ "item": "ApplicationConfiguration",
            "identifier": "org.example", "configuration": { "token": "canary" } }] }),
        json!({ "type": "AccountConfiguration", "auto_setup_admin_accounts":
            [{ "short_name": "admin", "password_hash": "Y2FuYXJ5" }] }),
    ] {
        let (request, _) = Request::read(command).unwrap();
        let stored = serde_json::to_string(&request).unwrap();
        let printed = format!("{request:?}");
        for text in [&stored, &printed] {
            assert!(
                !text.contains("canary") && !text.contains("Y2FuYXJ5"),
                "{text}"
            );
        }
        assert!(request.sealed_part().is_some());
        let again: Request = serde_json::from_str(&stored).unwrap();
        assert_eq!(again.request_type(), request.request_type());
    }
}
