use super::{check_settings, loosens};
use crate::settings::GuardSettings;

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
