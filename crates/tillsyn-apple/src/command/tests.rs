#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::ids::CommandUuid;
use crate::plist_guard::{Limits, parse};
use crate::testing::{all, both, fixture};
use crate::{Sensitive, WireError};

fn read(name: &str) -> Command {
    let [xml, binary] = both(&format!("command/{name}")).map(|bytes| Command::parse(&bytes));
    assert_eq!(xml, binary, "{name}");
    xml.unwrap()
}

fn changed(name: &str, from: &str, to: &str) -> Result<Command, WireError> {
    let text = String::from_utf8(fixture(&format!("command/{name}.plist"))).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    Command::parse(text.replacen(from, to, 1).as_bytes())
}

#[test]
fn every_command_has_a_fixture_and_is_written_as_it_stands_there() {
    let mut seen = Vec::new();
    for (name, bytes) in all("command") {
        let command = Command::parse(&bytes).unwrap();
        seen.push(command.request.kind());
        assert_eq!(
            command.request.request_type(),
            name.split('.').next().unwrap()
        );
        let mut ours = parse(&command.to_plist(), Limits::CHECK_IN).unwrap();
        let mut theirs = parse(&bytes, Limits::CHECK_IN).unwrap();
        for value in [&mut ours, &mut theirs] {
            let dict = value.as_dictionary_mut().unwrap();
            assert_eq!(dict.len(), 2, "{name}");
            let inner = dict.get_mut("Command").unwrap();
            inner.as_dictionary_mut().unwrap().sort_keys();
            dict.sort_keys();
        }
        assert_eq!(ours, theirs, "{name}");
        assert_eq!(Command::parse(&command.to_plist()).unwrap(), command);
    }
    for kind in Request::KINDS {
        assert!(seen.contains(kind), "{kind}");
    }
}

#[test]
fn reads_device_lock() {
    let Request::DeviceLock(lock) = read("DeviceLock").request else {
        panic!()
    };
    assert_eq!(
        lock.message.as_deref(),
        Some("Lost. Please call & return <me>.")
    );
    assert_eq!(lock.pin.as_ref().unwrap().expose(), "123456");
    assert!(!format!("{lock:?}").contains("123456"));
}

#[test]
fn reads_erase_device() {
    let Request::EraseDevice(erase) = read("EraseDevice.return_to_service").request else {
        panic!()
    };
    let return_to_service = erase.return_to_service.as_ref().unwrap();
    assert!(return_to_service.enabled);
    assert_eq!(
        return_to_service.wifi_profile_data,
        Some(Sensitive::new(b"<plist/>".to_vec()))
    );
    assert_eq!(erase.disallow_proximity_setup, Some(false));
    assert_eq!(erase.obliteration_behavior, None);
    let Request::EraseDevice(erase) = read("EraseDevice").request else {
        panic!()
    };
    assert_eq!(
        erase.obliteration_behavior,
        Some(ObliterationBehavior::ObliterateWithWarning)
    );
}

#[test]
fn absent_parameters_are_not_written() {
    let uuid = CommandUuid::new("C").unwrap();
    for request in [
        Request::DeviceLock(DeviceLock::default()),
        Request::EraseDevice(EraseDevice::default()),
        Request::ProfileList(ProfileList::default()),
        Request::SecurityInfo(SecurityInfo),
    ] {
        let bytes = Command::new(uuid.clone(), request).to_plist();
        let (_, _, request) = Command::envelope(&bytes).unwrap();
        assert_eq!(request.len(), 1, "{request:?}");
    }
}

#[test]
fn missing_and_mistyped_parameters() {
    for (name, from, to) in [
        ("RemoveProfile", "<key>Identifier<", "<key>X<"),
        ("InstallProfile", "<key>Payload<", "<key>X<"),
        ("DeviceInformation", "<key>Queries<", "<key>X<"),
        ("SecurityInfo", "<key>CommandUUID<", "<key>X<"),
        ("SecurityInfo", "<key>Command<", "<key>X<"),
        ("SecurityInfo", "<key>RequestType<", "<key>X<"),
        ("EraseDevice.return_to_service", "<key>Enabled<", "<key>X<"),
    ] {
        let error = changed(name, from, to).unwrap_err();
        assert!(
            matches!(error, WireError::Missing { .. }),
            "{name}: {error}"
        );
    }
    for (name, from, to) in [
        ("ProfileList", "<true/>", "<integer>1</integer>"),
        (
            "DeviceLock",
            "<string>123456</string>",
            "<integer>123456</integer>",
        ),
        ("DeviceInformation", "<string>UDID</string>", "<true/>"),
    ] {
        let error = changed(name, from, to).unwrap_err();
        assert!(
            matches!(error, WireError::WrongType { .. }),
            "{name}: {error}"
        );
    }
    assert!(changed("DeviceLock", "123456", "12345").is_err());
    assert!(changed("EraseDevice", "ObliterateWithWarning", "Explode").is_err());
}

#[test]
fn unknown_request_type_still_tells_its_uuid() {
    let error = changed(
        "SecurityInfo",
        "<string>SecurityInfo<",
        "<string>MakeCoffee<",
    );
    assert!(matches!(error, Err(WireError::Unsupported { .. })));
    let text = String::from_utf8(fixture("command/SecurityInfo.plist")).unwrap();
    let text = text.replace("SecurityInfo", "MakeCoffee");
    let (uuid, request_type, _) = Command::envelope(text.as_bytes()).unwrap();
    assert_eq!(request_type, "MakeCoffee");
    assert!(uuid.as_str().ends_with("02"));
}

#[test]
fn every_truncation_is_refused() {
    for (name, bytes) in all("command") {
        for len in 0..bytes.trim_ascii_end().len() {
            assert!(
                Command::parse(&bytes[..len]).is_err(),
                "{name} cut at {len}"
            );
        }
    }
}

#[test]
fn pins_have_six_characters() {
    for pin in ["000000", "123456", "a1B2c3"] {
        assert_eq!(Pin::new(pin).unwrap().expose(), pin);
    }
    for pin in ["", "12345", "1234567", "12 456", "12345ö", "åäö"] {
        assert!(Pin::new(pin).is_err(), "{pin}");
    }
}

#[test]
fn a_profile_does_not_show_in_debug() {
    let command = read("InstallProfile");
    assert!(format!("{command:?}").contains("InstallProfile(8 bytes)"));
    assert!(command.request.carries_secret());
    assert!(!read("ProfileList").request.carries_secret());
    assert!(read("EraseDevice").request.carries_secret());
}

#[test]
fn facts_about_not_now() {
    use RequestType::{
        DeviceInformation, DeviceLock, EraseDevice, InstallProfile, ProfileList, SecurityInfo,
    };
    for kind in [DeviceInformation, ProfileList, DeviceLock, EraseDevice] {
        assert!(kind.never_not_now_on_ios(), "{kind}");
    }
    for kind in [SecurityInfo, InstallProfile] {
        assert!(!kind.never_not_now_on_ios(), "{kind}");
        assert!(!kind.never_not_now_on_macos(), "{kind}");
    }
    assert!(!DeviceInformation.never_not_now_on_macos());
    assert!(EraseDevice.never_not_now_on_macos());
}
