use super::{Facts, Ledger, Line};

fn of(platform: &str, enrollment_type: &str, ownership: &str, supervised: Option<bool>) -> Ledger {
    Ledger::of(&Facts {
        platform,
        enrollment_type,
        ownership,
        supervised,
        access_rights: None,
    })
}

#[test]
fn a_personal_device_is_never_promised_what_the_server_could_break() {
    for platform in ["ios", "ipados", "macos"] {
        for kind in ["profile", "account_driven_user", "account_driven_device"] {
            for supervised in [None, Some(false), Some(true)] {
                let own = of(platform, kind, "personal", supervised);
                assert!(!own.may_erase(), "{platform} {kind}");
                assert!(own.never.contains(&Line::NeverErase));
                assert!(own.never.contains(&Line::NeverApps));
                assert!(own.never.contains(&Line::NeverPlace));
                for line in [Line::ClearPasscode, Line::Locate, Line::DiskKey] {
                    assert!(!own.may.contains(&line), "{platform} {kind} {line:?}");
                }
                for line in [
                    Line::AllApps,
                    Line::AllProfiles,
                    Line::Number,
                    Line::MacAccounts,
                ] {
                    assert!(!own.seen.contains(&line), "{platform} {kind} {line:?}");
                }
            }
        }
    }
}

#[test]
fn what_the_organisation_can_do_to_its_own_is_said() {
    let iphone = of("ios", "profile", "corporate", None);
    assert!(iphone.may_erase() && iphone.may.contains(&Line::ClearPasscode));
    assert!(iphone.seen.contains(&Line::AllApps) && iphone.seen.contains(&Line::Number));
    // Lost mode, and so the place, needs supervision.
    assert!(iphone.never.contains(&Line::NeverPlace));
    let supervised = of("ios", "ade", "corporate", Some(true));
    assert!(supervised.may.contains(&Line::Locate));
    assert!(!supervised.never.contains(&Line::NeverPlace));
    assert!(supervised.required.contains(&Line::ProfileIsFixed));
    let mac = of("macos", "profile", "corporate", None);
    assert!(mac.may.contains(&Line::EraseMac) && mac.may.contains(&Line::DiskKey));
    assert!(mac.set_up.contains(&Line::LocalUser) && mac.seen.contains(&Line::MacAccounts));
}

#[test]
fn separated_data_hide_the_serial_number() {
    let byod = of("ios", "account_driven_user", "personal", None);
    assert!(byod.never.contains(&Line::NeverSerial));
    assert!(!byod.seen.contains(&Line::SerialNumber));
    // A device enrolled by profile sends its serial number whoever owns it; nobody may be told otherwise.
    let profile = of("ios", "profile", "personal", None);
    assert!(profile.seen.contains(&Line::SerialNumber));
}

#[test]
fn a_right_that_the_profile_lacks_is_not_claimed() {
    let rights = |bits| {
        Ledger::of(&Facts {
            platform: "ios",
            enrollment_type: "profile",
            ownership: "corporate",
            supervised: Some(false),
            access_rights: Some(bits),
        })
    };
    // Everything but erasing (8).
    let no_erase = rights(8_191 - 8);
    assert!(!no_erase.may_erase() && no_erase.never.contains(&Line::NeverErase));
    assert!(no_erase.may.contains(&Line::Lock));
    // Only looking at profiles (1).
    let least = rights(1);
    assert_eq!(least.may, [Line::EndManagement]);
    assert!(least.never.contains(&Line::NeverApps) && !least.seen.contains(&Line::NameAndStorage));
}

#[test]
fn nothing_is_both_seen_and_never_seen() {
    let pairs = [
        (Line::Number, Line::NeverNumber),
        (Line::SerialNumber, Line::NeverSerial),
        (Line::AllApps, Line::NeverApps),
        (Line::AllProfiles, Line::NeverProfiles),
        (Line::Erase, Line::NeverErase),
        (Line::EraseMac, Line::NeverErase),
        (Line::ClearPasscode, Line::NeverPasscode),
        (Line::Locate, Line::NeverPlace),
    ];
    for platform in ["ios", "ipados", "macos", "tvos", "nonsense"] {
        for kind in [
            "ade",
            "profile",
            "account_driven_device",
            "account_driven_user",
        ] {
            for ownership in ["corporate", "personal"] {
                let ledger = of(platform, kind, ownership, None);
                for (does, never) in pairs {
                    let both = ledger.lines().any(|l| l == does) && ledger.never.contains(&never);
                    assert!(!both, "{platform} {kind} {ownership} {does:?}");
                }
            }
        }
    }
}

#[test]
fn every_line_has_a_key_of_its_own() {
    let mut keys: Vec<_> = Line::ALL.iter().map(|line| line.key()).collect();
    keys.sort_unstable();
    let all = keys.len();
    keys.dedup();
    assert_eq!(keys.len(), all);
}
