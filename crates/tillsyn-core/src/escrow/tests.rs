//! The kinds, as values.

use super::limits::{Seen, allows};
use super::{Group, Kind};
use crate::settings::GuardSettings;

#[test]
fn every_kind_is_read_back_by_its_name() {
    for (kind, name) in Kind::ALL {
        assert_eq!(Kind::parse(name), Some(*kind));
        assert_eq!(kind.as_str(), *name);
    }
    assert_eq!(Kind::parse("wifi_password"), None);
}

#[test]
fn only_tokens_are_of_the_group_of_tokens() {
    for (kind, name) in Kind::ALL {
        let token = name.ends_with("_token");
        assert_eq!(kind.group() == Group::Tokens, token, "{name}");
    }
}

#[test]
fn of_a_personal_device_nothing_is_kept_that_opens_it() {
    let kept: Vec<&str> = Kind::ALL
        .iter()
        .filter(|(kind, _)| kind.allowed_on_personal())
        .map(|(_, name)| *name)
        .collect();
    assert_eq!(kept, ["lock_pin", "bootstrap_token"]);
}

#[test]
fn many_secrets_in_a_short_time_are_refused() {
    let guard = GuardSettings::default();
    let seen = |day, short, actor_day, actor_short| Seen {
        day,
        short,
        actor_day,
        actor_short,
        actor_other_devices: 0,
    };
    assert!(allows(seen(9, 9, 4, 4), false, 100, &guard));
    assert!(!allows(seen(10, 0, 0, 0), false, 100, &guard), "all, a day");
    assert!(!allows(seen(0, 10, 0, 0), false, 100, &guard), "all, short");
    assert!(!allows(seen(5, 0, 5, 0), false, 100, &guard), "one, a day");
    assert!(
        !allows(seen(5, 5, 5, 5), false, 1_000, &guard),
        "one, short"
    );
    // A large fleet has a larger day; the short window stays.
    assert!(allows(seen(40, 0, 20, 0), false, 1_000, &guard));
}

#[test]
fn a_new_account_sees_secrets_of_one_device() {
    let guard = GuardSettings::default();
    let other = Seen {
        actor_other_devices: 1,
        ..Seen::default()
    };
    assert!(allows(Seen::default(), true, 100, &guard));
    assert!(!allows(other, true, 100, &guard));
    assert!(allows(other, false, 100, &guard));
}
