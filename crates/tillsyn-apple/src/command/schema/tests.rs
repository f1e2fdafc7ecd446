use super::*;
use crate::checkin::CheckIn;
use crate::command::{Request, RequestType, settings::SettingsItem};

/// What is known only from the overlay has no file.
const NEWER: [RequestType; 2] = [
    RequestType::CancelEnhancedLogCollection,
    RequestType::TriggerEnhancedLogCollection,
];

/// Whether this version of the server leaves a file's command to the part about apps.
fn later(file: &str) -> bool {
    ["application.", "managed.application.", "media."]
        .iter()
        .any(|prefix| file.starts_with(prefix))
}

/// Each file of mdm/commands has a typed builder, or is about apps, books and media.
#[test]
fn every_file_of_the_schema_has_its_builder_or_is_later_apps() {
    assert_eq!(FILES.len(), 66);
    for (file, name) in FILES {
        let kind: RequestType = name
            .parse()
            .unwrap_or_else(|_| unreachable!("{file}: {name}"));
        let typed = Request::KINDS.contains(&kind);
        // The inventory asks for the list of apps already.
        let expected = !later(file) || kind == RequestType::InstalledApplicationList;
        assert_eq!(typed, expected, "{file}: {name}");
    }
    for kind in RequestType::ALL {
        let files = FILES
            .iter()
            .filter(|(_, name)| *name == kind.as_str())
            .count();
        assert_eq!(files, usize::from(!NEWER.contains(kind)), "{kind}");
        assert!(!command(kind.as_str()).is_empty(), "{kind} has no rules");
    }
    for kind in Request::KINDS {
        assert!(RequestType::ALL.contains(kind));
    }
}

#[test]
fn every_check_in_message_of_the_schema_is_read() {
    let mut ours = CheckIn::MESSAGE_TYPES.to_vec();
    ours.sort_unstable();
    assert_eq!(ours, CHECK_IN_MESSAGES);
}

#[test]
fn every_setting_of_the_schema_is_typed() {
    let mut ours = SettingsItem::NAMES.to_vec();
    ours.sort_unstable();
    let mut schema: Vec<_> = settings::SETTINGS.iter().map(|row| row.name).collect();
    schema.dedup();
    assert_eq!(ours, schema);
}

#[test]
fn tables_are_sorted_and_name_each_system_once() {
    for table in [
        commands::COMMANDS,
        parameters::PARAMETERS,
        settings::SETTINGS,
        queries::QUERY_RULES,
    ] {
        for pair in table.windows(2) {
            assert!(
                (pair[0].name, pair[0].system) < (pair[1].name, pair[1].system),
                "{} {:?}",
                pair[1].name,
                pair[1].system
            );
        }
    }
    assert_eq!(command("EraseDevice").len(), 5);
    assert!(command("Nothing").is_empty());
    assert!(command("zzz").is_empty());
}

/// Facts that somebody would notice, read by hand from the schema.
#[test]
fn some_rows_by_hand() {
    let of = |rows: &'static [Row], system| rows.iter().find(|row| row.system == system);
    let row = |rows, system| of(rows, system).copied();
    let erase = row(command("EraseDevice"), System::Tvos);
    assert_eq!(erase.map(|r| r.introduced.to_string()), Some("10.2".into()));
    let list = row(command("UserList"), System::Ios);
    assert_eq!(list.map(|r| r.shared_ipad()), Some(SharedIpad::Required));
    let scan = row(command("ScheduleOSUpdateScan"), System::Macos);
    assert_eq!(
        scan.and_then(|r| r.removed).map(|v| v.to_string()),
        Some("27.0".into())
    );
    assert_eq!(row(command("DeviceLock"), System::Tvos), None);
    let technology = row(query("CellularTechnology"), System::Ios);
    assert_eq!(
        technology.map(|r| r.introduced.to_string()),
        Some("4.2.6".into())
    );
    let remove = row(command("RemoveApplication"), System::Macos);
    assert_eq!(remove.map(|r| r.user_enrollment()), Some(true));
    let mac = row(command("InstalledApplicationList"), System::Macos);
    assert_eq!(mac.map(|r| r.user_enrollment()), Some(false));
    let slice = row(
        parameter("Settings.ApplicationAttributes.Attributes.CellularSliceUUID"),
        System::Ios,
    );
    assert_eq!(slice.map(|r| r.introduced.to_string()), Some("17.0".into()));
}

#[test]
fn commands_with_and_without_restricted_keys() {
    for kind in RequestType::ALL {
        let prefix = format!("{kind}.");
        let slow = parameters::PARAMETERS
            .iter()
            .any(|row| row.name.starts_with(&prefix));
        assert_eq!(has_parameters(kind.as_str()), slow, "{kind}");
    }
    assert!(has_parameters("EraseDevice") && !has_parameters("InstallProfile"));
}
