use super::*;

const NOW: i64 = 1_800_000_000_000;

fn roomy() -> Budget {
    Budget::of(Used::default(), 1_000, &GuardSettings::default())
}

fn decided(act: Act, targets: usize, asker: Asker, budget: &Budget, hold: i64) -> Decision {
    let settings = GuardSettings {
        hold_minutes: hold,
        ..GuardSettings::default()
    };
    decide(act, targets, asker, budget, &settings, NOW)
}

const PERSON: Asker = Asker {
    confirmed: true,
    new: false,
    in_campaign: false,
    lately: 0,
};
const TOKEN: Asker = Asker {
    confirmed: false,
    ..PERSON
};

#[test]
fn a_single_lock_goes_at_once_even_without_budget() {
    let empty = Budget::default();
    assert_eq!(decided(Act::Lock, 1, TOKEN, &empty, 5), Decision::AtOnce);
}

#[test]
fn erase_and_retire_take_the_hold() {
    for act in [Act::Erase, Act::Retire] {
        for targets in [1, 2, 5] {
            let got = decided(act, targets, PERSON, &roomy(), 5);
            assert_eq!(
                got,
                Decision::Hold {
                    until: NOW + 5 * MINUTE_MS
                }
            );
        }
    }
}

#[test]
fn what_opens_or_empties_a_device_is_slow_and_lost_mode_is_not() {
    let hold = Decision::Hold {
        until: NOW + 5 * MINUTE_MS,
    };
    for act in Act::ALL {
        let expected = match act {
            Act::Lock | Act::LostMode | Act::RemoveProfile => Decision::AtOnce,
            _ => hold,
        };
        assert_eq!(decided(act, 1, PERSON, &roomy(), 5), expected, "{act:?}");
        let second = Decision::Held(HeldReason::SecondPerson);
        assert_eq!(decided(act, 6, PERSON, &roomy(), 5), second, "{act:?}");
    }
    // Clearing a passcode destroys nothing, so it needs no budget of erases.
    let empty = Budget::default();
    assert_eq!(decided(Act::ClearPasscode, 1, PERSON, &empty, 5), hold);
    let held = Decision::Held(HeldReason::Budget);
    assert_eq!(decided(Act::DeleteUser, 1, PERSON, &empty, 5), held);
}

#[test]
fn a_hold_of_zero_is_for_people_only() {
    assert_eq!(
        decided(Act::Erase, 1, PERSON, &roomy(), 0),
        Decision::AtOnce
    );
    assert_eq!(
        decided(Act::Erase, 1, TOKEN, &roomy(), 0),
        Decision::Hold {
            until: NOW + 5 * MINUTE_MS
        }
    );
    assert_eq!(
        decided(Act::Erase, 1, TOKEN, &roomy(), 10),
        Decision::Hold {
            until: NOW + 10 * MINUTE_MS
        }
    );
}

#[test]
fn more_than_five_need_a_second_person() {
    for act in [Act::Lock, Act::Erase, Act::Retire, Act::RemoveProfile] {
        let got = decided(act, 6, PERSON, &roomy(), 0);
        assert_eq!(got, Decision::Held(HeldReason::SecondPerson));
    }
}

#[test]
fn new_accounts_act_on_one_device_only() {
    let new = Asker {
        new: true,
        ..PERSON
    };
    assert_eq!(
        decided(Act::Erase, 2, new, &roomy(), 5),
        Decision::Held(HeldReason::NewAccount)
    );
    assert!(matches!(
        decided(Act::Erase, 1, new, &roomy(), 5),
        Decision::Hold { .. }
    ));
}

#[test]
fn the_budget_of_the_actor_is_half_of_the_organisations() {
    let settings = GuardSettings::default();
    let used = |actor, all| Used {
        day: all,
        short: all,
        actor_day: actor,
        actor_short: actor,
    };
    // 100 devices: at most max(10, 5) in a day, 10 in 20 minutes, half of it per actor.
    assert!(Budget::of(used(4, 4), 100, &settings).allows(1));
    assert!(!Budget::of(used(5, 5), 100, &settings).allows(1));
    assert!(!Budget::of(used(0, 10), 100, &settings).allows(1));
    assert!(!Budget::of(used(4, 4), 100, &settings).allows(2));
    // A large fleet widens the day, not the twenty minutes.
    let large = Budget::of(
        Used {
            day: 100,
            actor_day: 20,
            ..Used::default()
        },
        10_000,
        &settings,
    );
    assert_eq!(large.organisation_day_limit, 500);
    assert!(large.allows(5));
    assert!(!large.allows(6));
    let over = Budget::of(used(5, 5), 100, &settings);
    assert_eq!(
        decided(Act::Erase, 1, PERSON, &over, 0),
        Decision::Held(HeldReason::Budget)
    );
}

#[test]
fn an_organisation_may_want_a_second_person_for_every_erase() {
    let settings = GuardSettings {
        second_person_from: 1,
        ..GuardSettings::default()
    };
    let decided = |act| decide(act, 1, PERSON, &roomy(), &settings, NOW);
    assert_eq!(
        decided(Act::Erase),
        Decision::Held(HeldReason::SecondPerson)
    );
    assert_eq!(
        decided(Act::Lock),
        Decision::AtOnce,
        "whoever lost it must not wait"
    );
    // Nobody can set it so that more than five pass.
    let loose = GuardSettings {
        second_person_from: 1_000,
        ..GuardSettings::default()
    };
    let many = decide(Act::Erase, 6, PERSON, &roomy(), &loose, NOW);
    assert_eq!(many, Decision::Held(HeldReason::SecondPerson));
}

#[test]
fn a_campaign_needs_no_budget_and_keeps_the_hold() {
    let covered = Asker {
        in_campaign: true,
        ..PERSON
    };
    let empty = Budget::default();
    for targets in [1, 6, 1_000] {
        let hold = Decision::Hold {
            until: NOW + 5 * MINUTE_MS,
        };
        assert_eq!(decided(Act::Erase, targets, covered, &empty, 5), hold);
    }
    let new = Asker {
        new: true,
        ..covered
    };
    assert_eq!(
        decided(Act::Erase, 2, new, &empty, 5),
        Decision::Held(HeldReason::NewAccount)
    );
}
