#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::command::{Command, EraseDevice};
use crate::testing::all;

fn raw(inner: &str) -> Result<RawCommand, WireError> {
    RawCommand::parse(format!("<plist><dict>{inner}</dict></plist>").as_bytes())
}

fn kind(text: &str) -> String {
    format!("<key>RequestType</key><string>{text}</string>")
}

#[test]
fn a_raw_erase_is_an_erase() {
    let command = raw(&format!(
        "{}<key>PIN</key><string>123456</string>",
        kind("EraseDevice")
    ))
    .unwrap();
    assert_eq!(command.kind(), Some(RequestType::EraseDevice));
    let Some(Request::EraseDevice(EraseDevice { pin: Some(pin), .. })) = command.typed() else {
        unreachable!("{command:?}")
    };
    assert_eq!(pin.expose(), "123456");
    // Also one that the schema would refuse.
    let command = raw(&format!("{}<key>PIN</key><true/>", kind("EraseDevice"))).unwrap();
    assert_eq!(command.kind(), Some(RequestType::EraseDevice));
    assert!(command.typed().is_none());
    assert!(command.problem().is_some());
}

#[test]
fn the_envelope_and_the_inner_dictionary_are_one() {
    let inner = kind("SecurityInfo");
    let bare = raw(&inner).unwrap();
    let wrapped = raw(&format!(
        "<key>CommandUUID</key><string>theirs</string><key>Command</key><dict>{inner}</dict>"
    ))
    .unwrap();
    assert_eq!(bare, wrapped);
    assert_eq!(bare.to_plist(), wrapped.to_plist());
    assert!(
        !String::from_utf8(wrapped.to_plist())
            .unwrap()
            .contains("theirs")
    );
    let uuid = CommandUuid::new("ours").unwrap();
    let command = Command::parse(&bare.with_uuid(&uuid)).unwrap();
    assert_eq!(command.uuid, uuid);
    assert_eq!(Some(&command.request), bare.typed());
    let error = raw(&format!("<key>Command</key><dict>{inner}</dict>{inner}")).unwrap_err();
    assert!(error.to_string().contains("RequestType"));
}

#[test]
fn every_typed_command_is_recognised_and_written_again() {
    for (name, bytes) in all("command") {
        let raw = RawCommand::parse(&bytes).unwrap();
        let command = Command::parse(&bytes).unwrap();
        assert_eq!(raw.typed(), Some(&command.request), "{name}");
        let again = RawCommand::parse(&raw.to_plist()).unwrap();
        assert_eq!(again.to_plist(), raw.to_plist(), "{name}");
    }
}

#[test]
fn what_is_classified_is_what_is_sent() {
    // A binary plist may hold characters that XML drops: "Erase\u{1}Device" must not pass as an
    // unknown type and then reach the device as an erasure.
    let mut dict = Dictionary::new();
    dict.insert("RequestType".into(), "Erase\u{1}Device".into());
    let mut bytes = Vec::new();
    plist::to_writer_binary(&mut bytes, &Value::Dictionary(dict)).unwrap();
    let command = RawCommand::parse(&bytes).unwrap();
    assert_eq!(command.kind(), Some(RequestType::EraseDevice));
    // A key twice: one of the two counts, for us and for the device.
    if let Ok(command) = raw(&format!("{}{}", kind("EraseDevice"), kind("SecurityInfo"))) {
        let text = String::from_utf8(command.to_plist()).unwrap();
        assert_eq!(text.matches("RequestType").count(), 1);
        assert!(text.contains(command.request_type()));
    }
}

#[test]
fn what_it_removes_installs_and_sets() {
    let remove = raw(&format!(
        "{}<key>Identifier</key><string>com.example.wifi</string>",
        kind("RemoveProfile")
    ));
    assert_eq!(remove.unwrap().removes_profile(), Some("com.example.wifi"));
    let install = raw(&format!(
        "{}<key>Payload</key><data>AAEC</data>",
        kind("InstallProfile")
    ));
    assert_eq!(install.unwrap().installs_profile(), Some(&[0, 1, 2][..]));
    let settings = raw(&format!(
        "{}<key>Settings</key><array>\
         <dict><key>Item</key><string>Bluetooth</string><key>Enabled</key><true/></dict>\
         <dict><key>Item</key><string>Toaster</string></dict></array>",
        kind("Settings")
    ))
    .unwrap();
    assert_eq!(settings.settings_items(), ["Bluetooth", "Toaster"]);
    assert!(settings.typed().unwrap().carries_secret());
}

#[test]
fn unknown_types_and_apps_are_kept_by_name() {
    let command = raw(&kind("MakeCoffee")).unwrap();
    assert_eq!(command.request_type(), "MakeCoffee");
    assert_eq!((command.kind(), command.typed()), (None, None));
    assert!(command.problem().is_none());
    let command = raw(&kind("InstallApplication")).unwrap();
    assert_eq!(command.kind(), Some(RequestType::InstallApplication));
    assert!(command.typed().is_none() && command.problem().is_none());
}

#[test]
fn what_is_no_command_is_refused() {
    for inner in [
        String::new(),
        kind(""),
        kind("Erase Device"),
        kind("EraseDevice&#10;"),
        kind(&"A".repeat(65)),
        "<key>RequestType</key><integer>1</integer>".to_owned(),
        "<key>Command</key><string>EraseDevice</string>".to_owned(),
        "<key>Command</key><dict/>".to_owned(),
    ] {
        assert!(raw(&inner).is_err(), "{inner}");
    }
    assert!(RawCommand::parse(b"<plist><array/></plist>").is_err());
    let large = format!(
        "{}<key>X</key><string>{}</string>",
        kind("A"),
        "x".repeat(9 << 20)
    );
    assert!(raw(&large).unwrap_err().is_limit());
}

#[test]
fn debug_shows_no_parameter() {
    let command = raw(&format!(
        "{}<key>NewPassword</key><string>canary</string>",
        kind("SetRecoveryLock")
    ))
    .unwrap();
    assert!(!format!("{command:?}").contains("canary"));
}
