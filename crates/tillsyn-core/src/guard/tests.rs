use super::settings::within;
use super::{check_settings, loosens};
use crate::settings::{GuardSettings, UnitGuard};

#[test]
fn one_person_tightens_and_two_loosen() {
    let before = GuardSettings::default();
    assert!(!loosens(&before, &before));
    let tighter: [fn(&mut GuardSettings); 5] = [
        |s| s.hold_minutes = 10,
        |s| s.day_floor = 1,
        |s| s.day_percent = 0,
        |s| s.short_limit = 1,
        |s| s.second_person_from = 1,
    ];
    let looser: [fn(&mut GuardSettings); 5] = [
        |s| s.hold_minutes = 0,
        |s| s.day_floor = 11,
        |s| s.day_percent = 6,
        |s| s.short_limit = 11,
        |s| s.second_person_from = 7,
    ];
    for (tighten, loosen) in tighter.into_iter().zip(looser) {
        let mut after = before.clone();
        tighten(&mut after);
        assert!(!loosens(&before, &after), "{after:?}");
        // One figure that is looser is enough, whatever else is tighter.
        loosen(&mut after);
        assert!(loosens(&before, &after), "{after:?}");
    }
}

#[test]
fn no_figure_leaves_the_table() {
    let refused = |change: fn(&mut GuardSettings)| {
        let mut settings = GuardSettings::default();
        change(&mut settings);
        check_settings(&settings).is_err()
    };
    assert!(!refused(|_| {}));
    assert!(refused(|s| s.hold_minutes = 11));
    assert!(refused(|s| s.hold_minutes = -1));
    assert!(refused(|s| s.second_person_from = 7));
    assert!(refused(|s| s.second_person_from = 0));
    assert!(refused(|s| s.short_limit = 0));
    assert!(refused(|s| s.day_percent = 101));
}

fn unit(hold_minutes: Option<i64>, second_person_from: Option<i64>) -> UnitGuard {
    UnitGuard {
        hold_minutes,
        second_person_from,
    }
}

fn with(units: &[(&str, UnitGuard)]) -> GuardSettings {
    GuardSettings {
        units: units
            .iter()
            .map(|(id, own)| ((*id).to_owned(), *own))
            .collect(),
        ..GuardSettings::default()
    }
}

#[test]
fn of_all_units_on_the_way_the_strictest_counts() {
    let settings = with(&[
        ("school", unit(None, Some(3))),
        ("library", unit(Some(10), Some(5))),
        ("lax", unit(Some(0), Some(6))),
    ]);
    let of = |paths: &[&str]| {
        let all = within(&settings, paths.iter().copied());
        (all.hold_minutes, all.second_person_from)
    };
    assert_eq!(of(&["root/"]), (5, 6));
    assert_eq!(of(&["root/school/"]), (5, 3));
    assert_eq!(of(&["root/school/library/"]), (10, 3));
    assert_eq!(of(&["root/library/"]), (10, 5));
    assert_eq!(of(&["root/", "root/library/", "root/school/"]), (10, 3));
    // Nobody loosens what is above.
    assert_eq!(of(&["root/lax/"]), (5, 6));
    assert_eq!(of(&["root/schools/"]), (5, 6));
}

#[test]
fn a_unit_tightens_alone_and_two_loosen_it() {
    let before = with(&[("school", unit(Some(8), Some(3)))]);
    let after = |own: &[(&str, UnitGuard)]| loosens(&before, &with(own));
    assert!(!after(&[("school", unit(Some(9), Some(1)))]));
    assert!(!after(&[
        ("school", unit(Some(8), Some(3))),
        ("other", unit(None, Some(1)))
    ]));
    assert!(after(&[("school", unit(Some(7), Some(1)))]));
    assert!(after(&[("school", unit(None, Some(3)))]));
    assert!(after(&[("school", unit(Some(8), None))]));
    assert!(after(&[]));
    assert!(check_settings(&with(&[("school", unit(Some(11), None))])).is_err());
    assert!(check_settings(&with(&[("school", unit(None, Some(7)))])).is_err());
}
