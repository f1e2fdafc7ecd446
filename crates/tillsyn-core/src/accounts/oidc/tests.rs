#![expect(clippy::unwrap_used, reason = "tests")]

use super::check::needs_second_person;
use super::input::ProviderInput;

type Change = fn(&mut ProviderInput);

fn changed(change: impl FnOnce(&mut ProviderInput)) -> ProviderInput {
    let mut input = ProviderInput::default();
    change(&mut input);
    input
}

#[test]
fn what_gives_mighty_roles_or_takes_accounts_over_is_for_two() {
    let plain = ProviderInput::default();
    let linking = changed(|input| input.links_existing = true);
    assert!(!needs_second_person(None, &plain, false));
    assert!(needs_second_person(None, &plain, true));
    assert!(needs_second_person(None, &linking, false));
    assert!(needs_second_person(Some(&plain), &linking, false));
    // Back again.
    assert!(!needs_second_person(Some(&linking), &plain, true));
    let widening: [Change; 7] = [
        |input| input.issuer = "https://other.example".to_owned(),
        |input| input.client_id = "other".to_owned(),
        |input| input.algorithms.push("ES256".to_owned()),
        |input| input.hosts.push("other.example".to_owned()),
        |input| input.groups_claim = "names".to_owned(),
        |input| input.trusts_second_factor = true,
        |input| input.second_factor_values.push("pwd".to_owned()),
    ];
    for change in widening {
        assert!(needs_second_person(Some(&plain), &changed(change), true));
        assert!(!needs_second_person(Some(&plain), &changed(change), false));
    }
    let harmless: [Change; 3] = [
        |input| input.name = "Other".to_owned(),
        |input| input.client_secret = Some("new".to_owned().into()),
        |input| input.enabled = false,
    ];
    for change in harmless {
        assert!(!needs_second_person(Some(&plain), &changed(change), true));
    }
    // On again.
    let off = changed(|input| input.enabled = false);
    assert!(needs_second_person(Some(&off), &plain, true));
}

#[test]
fn a_kept_change_holds_no_secret() {
    let input = changed(|input| input.client_secret = Some("hush-hush".to_owned().into()));
    let kept = serde_json::to_string(&input).unwrap();
    assert!(!kept.contains("hush") && !format!("{input:?}").contains("hush"));
    let back: ProviderInput = serde_json::from_str(&kept).unwrap();
    assert_eq!(back.client_secret, None);
}
