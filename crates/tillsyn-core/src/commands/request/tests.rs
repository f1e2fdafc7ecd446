#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

fn read(command: Json) -> Request {
    Request::read(command).unwrap().0
}

#[test]
fn simple_commands_are_the_same_by_name_and_by_variant() {
    for (command, request) in [
        (json!({ "type": "SecurityInfo" }), Request::SecurityInfo {}),
        (
            json!({ "type": "DeviceLock", "message": "Hello", "phone_number": null }),
            Request::DeviceLock {
                message: Some("Hello".to_owned()),
                phone_number: None,
            },
        ),
        (
            json!({ "type": "RemoveProfile", "identifier": "org.example" }),
            Request::RemoveProfile {
                identifier: "org.example".to_owned(),
            },
        ),
    ] {
        assert_eq!(read(command), request);
    }
}

#[test]
fn more_parameters_are_not_lost() {
    let erase = read(json!({ "type": "EraseDevice", "preserve_data_plan": true,
        "obliteration_behavior": "DoNotObliterate" }));
    assert_eq!(erase.request_type(), "EraseDevice");
    assert_eq!(erase.act(""), Some(Act::Erase));
    let stored: Request = serde_json::from_str(&serde_json::to_string(&erase).unwrap()).unwrap();
    assert_eq!(
        stored.parameter("obliteration_behavior"),
        Some(&json!("DoNotObliterate"))
    );
}

#[test]
fn acts_and_permissions_of_the_guards_table() {
    for (command, act, permission) in [
        (
            json!({ "type": "SecurityInfo" }),
            None,
            Permission::DevicesQuery,
        ),
        (
            json!({ "type": "DeviceLock" }),
            Some(Act::Lock),
            Permission::DevicesLock,
        ),
        (
            json!({ "type": "EraseDevice" }),
            Some(Act::Erase),
            Permission::DevicesErase,
        ),
        (
            json!({ "type": "ClearPasscode" }),
            Some(Act::ClearPasscode),
            Permission::DevicesClearPasscode,
        ),
        (
            json!({ "type": "EnableLostMode", "message": "Lost" }),
            Some(Act::LostMode),
            Permission::DevicesLostMode,
        ),
        (
            json!({ "type": "DisableLostMode" }),
            None,
            Permission::DevicesLostMode,
        ),
        (
            json!({ "type": "DeleteUser", "user_name": "a" }),
            Some(Act::DeleteUser),
            Permission::DevicesUsers,
        ),
        (
            json!({ "type": "RestartDevice" }),
            None,
            Permission::DevicesRestart,
        ),
        (
            json!({ "type": "RemoveProfile", "identifier": "ours" }),
            Some(Act::Retire),
            Permission::DevicesRetire,
        ),
        (
            json!({ "type": "RemoveProfile", "identifier": "theirs" }),
            Some(Act::RemoveProfile),
            Permission::ProfilesInstall,
        ),
    ] {
        let request = read(command.clone());
        let found = request.act("ours");
        assert_eq!(found, act, "{command}");
        assert_eq!(request.permission(found), permission, "{command}");
    }
}

fn plist(body: &str) -> Json {
    json!({ "type": "Raw", "plist": format!(
        "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict>{body}</dict></plist>") })
}

fn key(key: &str, value: &str) -> String {
    format!("<key>{key}</key>{value}")
}

fn of_type(name: &str) -> String {
    key("RequestType", &format!("<string>{name}</string>"))
}

#[test]
fn a_raw_command_that_we_know_is_that_command() {
    let erase = read(plist(&of_type("EraseDevice")));
    assert_eq!(
        erase,
        Request::EraseDevice {
            preserve_data_plan: false,
            disallow_proximity_setup: false
        }
    );
    let inner = format!("<dict>{}</dict>", of_type("EraseDevice"));
    let wrapped = read(plist(
        &(key("Command", &inner) + &key("CommandUUID", "<string>theirs</string>")),
    ));
    assert_eq!(wrapped, erase);
    let settings = of_type("Settings")
        + &key(
            "Settings",
            "<array><dict><key>Item</key><string>DeviceName</string>\
             <key>DeviceName</key><string>Front desk</string></dict></array>",
        );
    let settings = read(plist(&settings));
    assert_eq!(
        settings.parameter("settings"),
        Some(&json!([{ "item": "DeviceName", "device_name": "Front desk" }]))
    );
}

#[test]
fn a_raw_command_with_keys_of_its_own_keeps_its_class() {
    for (body, act) in [
        (
            of_type("EraseDevice") + &key("Novel", "<true/>"),
            Act::Erase,
        ),
        (
            of_type("RemoveProfile")
                + &key("Identifier", "<string>ours</string>")
                + &key("Novel", "<true/>"),
            Act::Retire,
        ),
        (of_type("DeviceLock") + &key("Novel", "<true/>"), Act::Lock),
        (of_type("Frobnicate"), Act::Unknown),
    ] {
        let request = read(plist(&body));
        assert!(matches!(request, Request::Raw(_)), "{body}");
        assert_eq!(request.act("ours"), Some(act), "{body}");
        let stored = serde_json::to_string(&request).unwrap();
        assert!(!stored.contains("Novel"), "{stored}");
        let again: Request = serde_json::from_str(&stored).unwrap();
        assert_eq!(again.act("ours"), Some(act));
    }
    let unknown = read(plist(&of_type("Frobnicate")));
    assert_eq!(unknown.permission(unknown.act("")), Permission::CommandsRaw);
}

#[test]
fn what_is_no_raw_command_is_refused() {
    for text in ["", "x", "<plist><array/></plist>", "<plist><dict/></plist>"] {
        let command = json!({ "type": "Raw", "plist": text });
        assert_eq!(Request::read(command).unwrap_err().code, "plist", "{text}");
    }
    let profile = of_type("InstallProfile") + &key("Payload", "<data>eA==</data>");
    assert_eq!(Request::read(plist(&profile)).unwrap_err().code, "profile");
}

#[test]
fn the_same_intent_is_found_again() {
    let intent = |command: Json| read(command).intent();
    let settings = |items: Json| intent(json!({ "type": "Settings", "settings": items }));
    let name = json!({ "item": "DeviceName", "device_name": "A" });
    let roaming = json!({ "item": "DataRoaming", "enabled": true });
    let (Intent::Replace(one), Intent::Replace(both)) = (
        settings(json!([name.clone()])),
        settings(json!([roaming, name])),
    ) else {
        panic!("settings replace")
    };
    assert!(replaces(&both, &one) && replaces(&one, &one));
    // Half of what the older sets would be lost.
    assert!(!replaces(&one, &both));
    assert_eq!(
        intent(json!({ "type": "EnableLostMode", "message": "x" })),
        intent(json!({ "type": "DisableLostMode" }))
    );
    assert_eq!(
        intent(json!({ "type": "CertificateList" })),
        Intent::Merge("CertificateList".to_owned())
    );
    assert_ne!(
        intent(json!({ "type": "CertificateList" })),
        intent(json!({ "type": "CertificateList", "managed_only": true }))
    );
    assert_eq!(intent(json!({ "type": "DeviceLock" })), Intent::Each);
}
