use super::{Counts, Figure, VersionRow};
use crate::i18n::{Lang, Texts};

#[test]
fn a_platform_counts_its_devices_of_versions_that_are_not_named_too() {
    let l = Texts::new(Lang::En);
    let named = [("27.1".to_owned(), 60), ("27.0".to_owned(), 20)];
    let row = VersionRow::of(l, ("phone", "iPhone"), "ios", &named, 100);
    assert_eq!(row.count, "100");
    assert_eq!(row.label, "iPhone. 27.1: 60, 27.0: 20, All others: 20");
    assert_eq!(row.bar.len(), 3);
    assert!(row.note.contains("60\u{a0}%"), "{}", row.note);
    let all = VersionRow::new(l, "phone", "iPhone", "ios", &named);
    assert_eq!(all.count, "80");
    assert_eq!(all.bar.len(), 2);
}

#[test]
fn who_was_seen_is_a_share_of_those_that_could_be() {
    let counts = Counts {
        active: 2,
        devices: 10,
        // Three of them are retired.
        seen_24_hours: 5,
        ..Counts::default()
    };
    let figures = Figure::all(Texts::new(Lang::En), &counts);
    assert_eq!(figures[1].value, "5");
    assert_eq!(figures[1].note, "50\u{a0}% of all on record");
}
