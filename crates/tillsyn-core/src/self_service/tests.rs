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
