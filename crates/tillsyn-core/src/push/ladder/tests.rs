use super::{LADDER_DAYS, days_left, status, step};
use crate::clock::DAY_MS;

const END: i64 = 400 * DAY_MS;

fn before(days: i64) -> i64 {
    END - days * DAY_MS
}

/// Security S90: 60, 30, 14, 7 and 1 days, and the end.
#[test]
fn a_step_begins_on_its_day_and_lasts_until_the_next() {
    assert_eq!(step(END, before(61)), None);
    assert_eq!(step(END, before(60) - 1), None);
    for pair in LADDER_DAYS.windows(2) {
        assert_eq!(step(END, before(pair[0])), Some(pair[0]));
        assert_eq!(step(END, before(pair[1]) - 1), Some(pair[0]));
    }
    assert_eq!(step(END, END - 1), Some(1));
    assert_eq!(step(END, END), Some(0));
    assert_eq!(step(END, END + 90 * DAY_MS), Some(0));
}

#[test]
fn the_status_is_one_of_four_words() {
    assert_eq!(status(END, before(61), false), "valid");
    assert_eq!(status(END, before(61), true), "renewing");
    assert_eq!(status(END, before(60), false), "expiring");
    assert_eq!(status(END, before(7), true), "renewing");
    assert_eq!(status(END, END, false), "expired");
    assert_eq!(status(END, END, true), "expired");
}

#[test]
fn days_left_are_whole_and_fall_below_zero() {
    assert_eq!(days_left(END, before(3)), 3);
    assert_eq!(days_left(END, before(3) + 1), 2);
    assert_eq!(days_left(END, END), 0);
    assert_eq!(days_left(END, END + 1), -1);
}
