//! The kinds, as values.

use super::{Group, Kind};

#[test]
fn every_kind_is_read_back_by_its_name() {
    for (kind, name) in Kind::ALL {
        assert_eq!(Kind::parse(name), Some(*kind));
        assert_eq!(kind.as_str(), *name);
    }
    assert_eq!(Kind::parse("wifi_password"), None);
}

#[test]
fn only_tokens_belong_to_an_enrollment() {
    for (kind, name) in Kind::ALL {
        let token = name.ends_with("_token");
        assert_eq!(kind.is_of_enrollment(), token, "{name}");
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
