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
    assert_eq!(erase.act(None), Some(Act::Erase));
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
        let found = request.act(Some("ours"));
        assert_eq!(found, act, "{command}");
        assert_eq!(request.permission(found), permission, "{command}");
    }
}

#[test]
fn any_removal_may_be_the_retire_of_an_enrollment_whose_profile_is_not_known() {
    let remove = json!({ "type": "RemoveProfile", "identifier": "theirs" });
    let raw = of_type("RemoveProfile") + &key("Novel", "<true/>");
    for command in [remove, plist(&raw)] {
        let request = read(command.clone());
        assert_eq!(request.act(Some("")), Some(Act::Retire), "{command}");
        // There is nothing to end on a device that is not enrolled.
        assert_eq!(request.act(None), Some(Act::RemoveProfile), "{command}");
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
        assert_eq!(request.act(Some("ours")), Some(act), "{body}");
        let stored = serde_json::to_string(&request).unwrap();
        assert!(!stored.contains("Novel"), "{stored}");
        let again: Request = serde_json::from_str(&stored).unwrap();
        assert_eq!(again.act(Some("ours")), Some(act));
    }
    let unknown = read(plist(&of_type("Frobnicate")));
    assert_eq!(
        unknown.permission(unknown.act(None)),
        Permission::CommandsRaw
    );
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

#[test]
fn settings_are_replaced_only_by_those_that_set_as_much() {
    let key = |item: Json| match read(json!({ "type": "Settings", "settings": [item] })).intent() {
        Intent::Replace(key) => key,
        other => panic!("{other:?}"),
    };
    let shared = |values: Json| {
        let mut item = json!({ "item": "SharedDeviceConfiguration" });
        item.as_object_mut()
            .unwrap()
            .extend(values.as_object().unwrap().clone());
        key(item)
    };
    let attributes = |values: Json| {
        key(
            json!({ "item": "ApplicationAttributes", "identifier": "org.example",
            "attributes": values }),
        )
    };
    let wallpaper =
        |screen: i64| key(json!({ "item": "Wallpaper", "image": "eA==", "where": screen }));
    let configuration = |identifier: &str| {
        key(
            json!({ "item": "ApplicationConfiguration", "identifier": identifier,
            "configuration": { "token": "canary" } }),
        )
    };
    let lock_time = json!({ "auto_lock_time": 60 });
    let policy = json!({ "auto_lock_time": 60, "passcode_lock_grace_period": 60 });
    for (newer, older) in [
        (
            shared(json!({ "quota_size": 5 })),
            shared(json!({ "resident_users": 5 })),
        ),
        (
            shared(json!({ "passcode_policy": lock_time })),
            shared(json!({ "passcode_policy": policy })),
        ),
        (
            attributes(json!({ "removable": true })),
            attributes(json!({ "vpn_uuid": "A" })),
        ),
        // To have none is a setting too.
        (
            attributes(json!({ "removable": true })),
            attributes(json!({})),
        ),
        (wallpaper(1), wallpaper(2)),
        (wallpaper(1), wallpaper(3)),
        (configuration("a"), configuration("a\nb")),
    ] {
        assert!(!replaces(&newer, &older), "{newer} {older}");
        assert!(replaces(&newer, &newer) && replaces(&older, &older));
    }
    assert!(replaces(&wallpaper(3), &wallpaper(1)));
    assert!(!configuration("a").contains("canary"));
    let many: Vec<Json> = (0..200)
        .map(|n| json!({ "item": "ApplicationConfiguration", "identifier": format!("org.{n}") }))
        .collect();
    let many = read(json!({ "type": "Settings", "settings": many }));
    assert_eq!(many.intent(), Intent::Each);
}
