use super::*;
use crate::clock::DAY_MS;
use crate::commands::Act;

fn policy(corporate: &[(SelfAct, Level)]) -> Policy {
    Policy {
        corporate: corporate.iter().copied().collect(),
        ..Policy::default()
    }
}

#[test]
fn the_nearest_unit_wins_act_by_act() {
    let top = policy(&[(SelfAct::Lock, Level::Off), (SelfAct::Erase, Level::On)]);
    let near = policy(&[(SelfAct::Lock, Level::On)]);
    let all = Policy::effective([&top, &near]);
    let level = |act| all.level(Owner::Corporate, act);
    assert_eq!(level(SelfAct::Lock), Level::On);
    assert_eq!(level(SelfAct::Erase), Level::On);
    assert_eq!(level(SelfAct::ClearPasscode), Level::Approval, "as usual");
    let other = Policy::effective([&near, &top]);
    assert_eq!(other.level(Owner::Corporate, SelfAct::Lock), Level::Off);
}

#[test]
fn a_personal_device_is_never_erased_located_or_opened_whatever_is_written() {
    let mut written = Policy::default();
    for act in SelfAct::ALL {
        written.personal.insert(act, Level::On);
    }
    assert_eq!(
        written.check().map_err(|error| error.code),
        Err("self_service_personal")
    );
    let all = Policy::effective([&written]);
    for act in [SelfAct::Erase, SelfAct::ClearPasscode, SelfAct::LostMode] {
        assert_eq!(all.level(Owner::Personal, act), Level::Off, "{act:?}");
    }
    assert_eq!(all.level(Owner::Personal, SelfAct::Remove), Level::On);
}

#[test]
fn nobody_is_asked_for_what_goes_at_once() {
    let odd = policy(&[(SelfAct::Lock, Level::Approval)]);
    assert_eq!(
        odd.check().map_err(|error| error.code),
        Err("self_service_level")
    );
    assert_eq!(odd.level(Owner::Corporate, SelfAct::Lock), Level::Off);
    let fine = policy(&[(SelfAct::Erase, Level::Approval)]);
    assert!(fine.check().is_ok());
}

#[test]
fn people_are_let_a_short_list_of_commands_and_no_other() {
    let of = SelfAct::of;
    assert_eq!(of("EraseDevice", Some(Act::Erase)), Some(SelfAct::Erase));
    assert_eq!(
        of("RemoveProfile", Some(Act::Retire)),
        Some(SelfAct::Remove)
    );
    for kind in [
        "RemoveProfile",
        "InstallProfile",
        "Settings",
        "DeviceLocation",
        "RestartDevice",
    ] {
        let act = crate::commands::CommandType::of(kind).and_then(|kind| kind.act);
        assert_eq!(of(kind, act), None, "{kind}");
    }
    assert_eq!(of("DeviceLock", Some(Act::Unknown)), None);
}

fn fine() -> Health {
    Health {
        enrolled: true,
        last_seen: Some(100 * DAY_MS),
        ..Health::default()
    }
}

#[test]
fn a_device_in_order_asks_for_nothing() {
    assert!(remedies(&fine(), 100 * DAY_MS + 1).is_empty());
    let later = 100 * DAY_MS + QUIET_DAYS * DAY_MS;
    assert!(remedies(&fine(), later - 1).is_empty());
    assert_eq!(
        remedies(&fine(), later),
        [Remedy::OpenAndCheckIn { days: QUIET_DAYS }]
    );
}

#[test]
fn one_cause_is_one_thing_to_do() {
    let now = 130 * DAY_MS;
    let dead = Health {
        push_dead: true,
        refused: vec!["Wi-Fi".to_owned()],
        ..fine()
    };
    let names = |health: &Health| -> Vec<&str> {
        remedies(health, now).iter().map(Remedy::as_str).collect()
    };
    assert_eq!(names(&dead), ["push_dead", "refused"]);
    let gone = Health {
        enrolled: false,
        ..dead.clone()
    };
    assert_eq!(names(&gone), ["enroll_again"]);
    let leaving = Health {
        leaving: true,
        ..dead
    };
    assert_eq!(names(&leaving), ["leaving"]);
}

#[test]
fn a_stolen_or_lost_device_is_closed_and_says_nothing_else() {
    for (health, word) in [
        (
            Health {
                stolen: true,
                lost: true,
                ..Health::default()
            },
            "stolen",
        ),
        (
            Health {
                lost: true,
                push_dead: true,
                ..fine()
            },
            "lost",
        ),
    ] {
        let all = remedies(&health, 200 * DAY_MS);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].as_str(), word);
        assert!(all[0].blocks() && !all[0].is_task());
    }
}

#[test]
fn a_newer_system_is_one_by_its_numbers() {
    let newest = |offered: &[&str], has| {
        super::remedy::newest(offered.iter().map(|text| (*text).to_owned()), has)
    };
    assert_eq!(
        newest(&["26.9", "26.10", "26.2.1"], Some("26.9.1")).as_deref(),
        Some("26.10")
    );
    assert_eq!(newest(&["26.0", "26", "18.7"], Some("26")), None);
    // What is no version, or unknown, is no reason to ask for anything.
    assert_eq!(newest(&["beta", "27.1.2.3", ""], Some("26.1")), None);
    assert_eq!(newest(&["27"], None), None);
}

#[test]
fn what_is_missing_on_a_device_is_said_and_room_comes_before_the_update() {
    let now = 100 * DAY_MS + 1;
    let health = Health {
        no_passcode: true,
        free_bytes: Some(ROOM_BYTES - 1),
        update: Some("27.1".to_owned()),
        ..fine()
    };
    let names: Vec<_> = remedies(&health, now).iter().map(Remedy::as_str).collect();
    assert_eq!(names, ["set_passcode", "free_storage", "update_system"]);
    let roomy = Health {
        free_bytes: Some(ROOM_BYTES),
        ..fine()
    };
    assert!(remedies(&roomy, now).is_empty());
}

#[test]
fn how_a_device_left_is_known_from_its_last_enrollment() {
    for (status, reason, gone) in [
        ("removed", Some("removed_by_user"), Gone::RemovedOnDevice),
        ("removed", Some("retired"), Gone::Retired),
        ("wiped", Some("erased"), Gone::Erased),
        ("reset", Some("came_anew"), Gone::Erased),
        ("inactive", Some("push_gone"), Gone::Silent),
        ("superseded", Some("enrolled_again"), Gone::Other),
        ("", None, Gone::Other),
    ] {
        assert_eq!(Gone::of(status, reason), gone, "{status}");
    }
}
