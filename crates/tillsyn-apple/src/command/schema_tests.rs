//! Every command of the schema: what it needs, what it refuses, what it hides. The fixtures hold
//! every key that the schema has for it, and were made from the schema, not from this code.
#![expect(clippy::unwrap_used, reason = "tests")]

use plist::{Dictionary, Value};
use proptest::prelude::*;

use super::settings::{
    AccessibilitySettings, AwaitUserConfiguration, DeviceName, HostName, MaximumResidentUsers,
    OrganizationInfo, OrganizationInfoSetting, PasscodeLockGracePeriod, SharedDeviceConfiguration,
    SharedPasscodePolicy, SoftwareUpdateSettings, TimeZone, Wallpaper,
};
use super::*;
use crate::ids::CommandUuid;
use crate::plist_guard::{Limits, parse};
use crate::redact::redact;
use crate::testing::all;
use crate::{Sensitive, WireError, encode_plist};

fn fixtures() -> Vec<(String, Dictionary)> {
    all("command")
        .into_iter()
        .filter(|(name, _)| !name.contains("binary"))
        .map(|(name, bytes)| (name, Command::envelope(&bytes).unwrap().2))
        .collect()
}

fn read(request: &Dictionary) -> Result<Request, WireError> {
    Request::read(request)
}

#[test]
fn a_key_of_another_type_is_refused_and_a_foreign_key_is_passed_over() {
    for (name, request) in fixtures() {
        let good = read(&request).unwrap();
        for key in request.keys().filter(|key| *key != "RequestType") {
            let mut changed = request.clone();
            // No command has a key that is a date.
            let date = plist::Date::from_xml_format("2026-03-01T12:00:00Z").unwrap();
            changed.insert(key.clone(), Value::Date(date));
            let error = read(&changed).unwrap_err();
            assert!(
                matches!(error, WireError::WrongType { .. }),
                "{name} {key}: {error}"
            );
        }
        let mut foreign = request.clone();
        foreign.insert("Foreign".into(), Value::from(true));
        assert_eq!(read(&foreign).unwrap(), good, "{name}");
    }
}

#[test]
fn a_required_key_that_is_missing_is_named() {
    // Every required key of the schema, top level and below; read by hand from it.
    let required = [
        ("ClearPasscode", "UnlockToken"),
        ("DeviceInformation", "Queries"),
        ("InstallProfile", "Payload"),
        ("InstallProvisioningProfile", "ProvisioningProfile"),
        ("LOMDeviceRequest", "RequestList"),
        ("RefreshCellularPlans", "eSIMServerURL"),
        ("RemoveProfile", "Identifier"),
        ("RemoveProvisioningProfile", "UUID"),
        ("RotateFileVaultKey", "FileVaultUnlock"),
        ("RotateFileVaultKey", "KeyType"),
        ("ScheduleOSUpdate", "Updates"),
        ("SetAutoAdminPassword", "GUID"),
        ("SetAutoAdminPassword", "passwordHash"),
        ("SetFirmwarePassword", "NewPassword"),
        ("SetRecoveryLock", "NewPassword"),
        ("Settings", "Settings"),
        ("TriggerEnhancedLogCollection", "AppleCareToken"),
        ("UnlockUserAccount", "UserName"),
        ("VerifyFirmwarePassword", "Password"),
        ("VerifyRecoveryLock", "Password"),
    ];
    for (name, request) in fixtures() {
        let kind = name.split('.').next().unwrap();
        for key in request.keys().filter(|key| *key != "RequestType") {
            let mut changed = request.clone();
            changed.remove(key);
            let missing = matches!(read(&changed), Err(WireError::Missing { key: k }) if k == key);
            let needed = required.contains(&(kind, key.as_str()));
            // The fixture rotates an institutional key, which needs a certificate.
            let by_rule = (kind, key.as_str()) == ("RotateFileVaultKey", "NewCertificate")
                || (kind, key.as_str()) == ("AccountConfiguration", "AutoSetupAdminAccounts");
            assert_eq!(missing, needed || by_rule, "{name} {key}");
        }
    }
}

fn refused(request: &Request) {
    let bytes = Command::new(CommandUuid::new("C").unwrap(), request.clone()).to_plist();
    assert!(request.validate().is_err(), "{request:?}");
    assert!(Command::parse(&bytes).is_err(), "{request:?}");
}

fn set(item: SettingsItem) -> Request {
    Request::Settings(Settings::one(item))
}

#[test]
fn rules_beyond_types() {
    let secret = |text: &str| Sensitive::new(text.to_owned());
    refused(&Request::EnableLostMode(EnableLostMode::default()));
    refused(&Request::EnableLostMode(EnableLostMode {
        message: Some("  ".into()),
        footnote: Some("f".into()),
        ..EnableLostMode::default()
    }));
    refused(&Request::DeviceInformation(DeviceInformation::new(Vec::<
        String,
    >::new(
    ))));
    refused(&Request::DeviceInformation(DeviceInformation::attestation(
        vec![0; 33],
    )));
    refused(&Request::ClearPasscode(ClearPasscode {
        unlock_token: Vec::new().into(),
    }));
    for password in ["å", "a\tb", "a\u{7f}"] {
        refused(&Request::SetFirmwarePassword(SetFirmwarePassword {
            current_password: None,
            new_password: secret(password),
            allow_oroms: None,
        }));
    }
    let rotate = |key_type, unlock| {
        Request::RotateFileVaultKey(RotateFileVaultKey {
            key_type,
            unlock,
            new_certificate: None,
            reply_encryption_certificate: None,
        })
    };
    refused(&rotate(
        FileVaultKeyType::Personal,
        FileVaultUnlock::default(),
    ));
    refused(&rotate(
        FileVaultKeyType::Institutional,
        FileVaultUnlock {
            password: Some(secret("p")),
            ..FileVaultUnlock::default()
        },
    ));
    refused(&Request::AccountConfiguration(AccountConfiguration {
        set_primary_setup_account_as_regular_user: Some(true),
        ..AccountConfiguration::default()
    }));
    refused(&Request::DeleteUser(DeleteUser::default()));
    refused(&Request::RequestMirroring(RequestMirroring::default()));
    refused(&Request::RefreshCellularPlans(RefreshCellularPlans {
        esim_server_url: "http://esim.example.com".into(),
    }));
    refused(&Request::LOMDeviceRequest(LOMDeviceRequest {
        requests: Vec::new(),
    }));
    refused(&Request::ScheduleOSUpdate(ScheduleOSUpdate {
        updates: Vec::new(),
    }));
    refused(&Request::ScheduleOSUpdate(ScheduleOSUpdate {
        updates: vec![ScheduledUpdate {
            product_key: None,
            product_version: None,
            install_action: InstallAction::Default,
            max_user_deferrals: None,
            priority: None,
        }],
    }));
    let log = TriggerEnhancedLogCollection {
        apple_care_token: secret(""),
    };
    refused(&Request::TriggerEnhancedLogCollection(log));
    refused(&Request::Settings(Settings {
        settings: Vec::new(),
    }));
    for item in [
        SettingsItem::Wallpaper(Wallpaper {
            image: vec![1],
            location: 4,
        }),
        SettingsItem::DeviceName(DeviceName {
            device_name: " ".into(),
        }),
        SettingsItem::HostName(HostName {
            host_name: String::new(),
        }),
        SettingsItem::OrganizationInfo(OrganizationInfoSetting {
            organization_info: Some(OrganizationInfo::default()),
        }),
        SettingsItem::MaximumResidentUsers(MaximumResidentUsers {
            maximum_resident_users: 0,
        }),
        SettingsItem::PasscodeLockGracePeriod(PasscodeLockGracePeriod { seconds: 1 }),
        SettingsItem::TimeZone(TimeZone {
            time_zone: String::new(),
        }),
        SettingsItem::SoftwareUpdateSettings(SoftwareUpdateSettings {
            recommendation_cadence: 3,
        }),
        SettingsItem::AccessibilitySettings(AccessibilitySettings {
            text_size: Some(12),
            ..AccessibilitySettings::default()
        }),
        SettingsItem::SharedDeviceConfiguration(SharedDeviceConfiguration {
            quota_size: Some(1),
            resident_users: Some(1),
            ..SharedDeviceConfiguration::default()
        }),
        SettingsItem::SharedDeviceConfiguration(SharedDeviceConfiguration {
            await_user_configuration: Some(AwaitUserConfiguration { enabled: true }),
            passcode_policy: Some(SharedPasscodePolicy {
                passcode_lock_grace_period: Some(59),
                auto_lock_time: None,
            }),
            ..SharedDeviceConfiguration::default()
        }),
    ] {
        refused(&set(item));
    }
    // The shortest that is enough.
    for request in [
        Request::EnableLostMode(EnableLostMode {
            phone_number: Some("1".into()),
            ..EnableLostMode::default()
        }),
        Request::DeviceInformation(DeviceInformation::attestation(vec![0; 32])),
        Request::RotateFileVaultKey(RotateFileVaultKey::personal(secret("p"), vec![0x30])),
        Request::DeleteUser(DeleteUser {
            delete_all_users: Some(true),
            ..DeleteUser::default()
        }),
    ] {
        assert_eq!(request.validate(), Ok(()), "{request:?}");
    }
}

/// Texts and data that redaction takes out.
fn secrets(before: &Value, after: &Value, out: &mut Vec<Value>) {
    match (before, after) {
        (Value::Dictionary(b), Value::Dictionary(a)) => {
            for (key, value) in b {
                secrets(value, a.get(key).unwrap(), out);
            }
        }
        (Value::Array(b), Value::Array(a)) => {
            b.iter().zip(a).for_each(|(b, a)| secrets(b, a, out));
        }
        (b, a) if b != a => out.push(b.clone()),
        _ => {}
    }
}

/// What goes by its key in a log is hidden by its type in `Debug` and sealed while it waits.
#[test]
fn every_secret_is_sealed_and_hidden() {
    let mut with_secret = Vec::new();
    for (name, request) in fixtures() {
        let before = Value::Dictionary(request.clone());
        let mut after = before.clone();
        redact(&mut after);
        let mut found = Vec::new();
        secrets(&before, &after, &mut found);
        let typed = read(&request).unwrap();
        assert_eq!(typed.carries_secret(), !found.is_empty(), "{name}");
        let shown = format!("{typed:?}");
        for secret in found {
            with_secret.push(typed.kind());
            let text = match &secret {
                Value::String(text) => text.clone(),
                Value::Data(data) => format!("{data:?}"),
                _ => continue,
            };
            assert!(!shown.contains(&text), "{name} shows {text}");
        }
    }
    with_secret.dedup();
    assert!(with_secret.len() >= 12, "{with_secret:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_that_xml_can_hold_comes_back(text in "[^\u{0}-\u{1f}\u{fffe}\u{ffff}]{1,24}") {
        let message = format!("m{text}");
        for request in [
            Request::EnableLostMode(EnableLostMode {
                message: Some(message.clone()),
                phone_number: Some(text.clone()),
                footnote: None,
            }),
            Request::RemoveProfile(RemoveProfile { identifier: text.clone() }),
            set(SettingsItem::DeviceName(DeviceName { device_name: message })),
            Request::SetRecoveryLock(SetRecoveryLock {
                current_password: Some(text.clone().into()),
                new_password: text.clone().into(),
            }),
        ] {
            let command = Command::new(CommandUuid::new("C").unwrap(), request);
            prop_assert_eq!(&Command::parse(&command.to_plist()).unwrap(), &command);
            let raw = RawCommand::parse(&command.to_plist()).unwrap();
            prop_assert_eq!(raw.typed(), Some(&command.request));
            let again = RawCommand::parse(&raw.with_uuid(&command.uuid)).unwrap();
            prop_assert_eq!(again, raw);
        }
    }

    /// Whatever stands in a command: it is read or refused, and a raw command is written so that
    /// it is classified alike again.
    #[test]
    fn any_parameters_are_read_or_refused(
        kind in 0..RequestType::ALL.len(),
        keys in proptest::collection::vec("(Settings|PIN|Payload|Item|Queries|Message|[A-Z][a-z]{2,6})", 0..5),
        number in any::<i64>(),
        text in ".{0,16}",
    ) {
        let kind = RequestType::ALL[kind];
        let mut dict = Dictionary::new();
        dict.insert("RequestType".into(), kind.as_str().into());
        for (n, key) in keys.iter().enumerate() {
            let inner: Dictionary = [("Item".to_owned(), Value::from(text.as_str()))].into_iter().collect();
            let value = match n % 4 {
                0 => Value::from(number),
                1 => Value::from(text.as_str()),
                2 => Value::Array(vec![Value::Dictionary(inner)]),
                _ => Value::Dictionary(inner),
            };
            dict.insert(key.clone(), value);
        }
        let raw = RawCommand::parse(&encode_plist(&Value::Dictionary(dict))).unwrap();
        prop_assert_eq!(raw.kind(), Some(kind));
        let again = RawCommand::parse(&raw.to_plist()).unwrap();
        prop_assert_eq!(again.kind(), Some(kind));
        prop_assert_eq!(again.to_plist(), raw.to_plist());
        prop_assert!(parse(&raw.to_plist(), Limits::RAW_COMMAND).is_ok());
    }
}
