//! What Apple's schema gained and lost after the copy that is read (18.2 → 27.0): facts of `CHANGES.md` and of
//! single files of later versions of the same repository.

use super::rule::{Rule, SharedMode, Version};
use super::tables::{Row, Tables};

const OS_26: Version = Version([26, 0, 0]);
const OS_27: Version = Version([27, 0, 0]);

const REMOVED_COMMANDS: [&str; 4] = [
    "AvailableOSUpdates",
    "OSUpdateStatus",
    "ScheduleOSUpdate",
    "ScheduleOSUpdateScan",
];
const REMOVED_QUERIES: [&str; 3] = [
    "OSUpdateSettings",
    "SoftwareUpdateDeviceID",
    "SoftwareUpdateSettings",
];
const REMOVED_SETTINGS: [&str; 1] = ["SoftwareUpdateSettings"];

pub(super) fn apply(tables: &mut Tables) {
    remove(&mut tables.commands, &REMOVED_COMMANDS);
    remove(&mut tables.queries, &REMOVED_QUERIES);
    remove(&mut tables.settings, &REMOVED_SETTINGS);
    for row in &mut tables.commands {
        // Errata of 26.2.
        if row.name == "RemoveApplication" && row.system == "macOS" {
            row.rule.user_enrollment = true;
        }
    }
    for name in [
        "CancelEnhancedLogCollection",
        "TriggerEnhancedLogCollection",
    ] {
        let mac = Rule {
            device_channel: false,
            user_channel: true,
            ..log_collection()
        };
        push(&mut tables.commands, name, "iOS", log_collection());
        push(&mut tables.commands, name, "macOS", mac);
        push(&mut tables.commands, name, "tvOS", log_collection());
    }
    // Return to service reached visionOS with 26; the token that keeps the apps came with it.
    let erase = |introduced| Rule {
        user_enrollment: false,
        rights: 8,
        ..plain(introduced)
    };
    let of = |key: &str| format!("EraseDevice.ReturnToService{key}");
    push(&mut tables.parameters, &of(""), "visionOS", erase(OS_26));
    for system in ["iOS", "visionOS"] {
        push(
            &mut tables.parameters,
            &of(".BootstrapToken"),
            system,
            erase(OS_26),
        );
    }
    for system in ["iOS", "tvOS", "visionOS"] {
        push(
            &mut tables.parameters,
            &of(".ShouldRetryEnrollment"),
            system,
            erase(OS_27),
        );
    }
    tables.checkin.push("ReturnToService".to_owned());
}

fn remove(rows: &mut [Row], names: &[&str]) {
    for row in rows
        .iter_mut()
        .filter(|row| names.contains(&row.name.as_str()))
    {
        row.rule.removed = Some(OS_27);
    }
}

fn push(rows: &mut Vec<Row>, name: &str, system: &'static str, rule: Rule) {
    rows.push(Row {
        name: name.to_owned(),
        system,
        rule,
    });
}

fn plain(introduced: Version) -> Rule {
    Rule {
        introduced,
        deprecated: None,
        removed: None,
        rights: 0,
        supervised: false,
        ade: false,
        user_approved: false,
        device_channel: true,
        user_channel: false,
        user_enrollment: true,
        enrollment_mode: None,
        multiple: true,
        manual: true,
        shared_mode: SharedMode::Allowed,
        shared_device: true,
        shared_user: false,
    }
}

fn log_collection() -> Rule {
    Rule {
        supervised: true,
        user_enrollment: false,
        ..plain(OS_27)
    }
}
