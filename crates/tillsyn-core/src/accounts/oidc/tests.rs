#![expect(clippy::unwrap_used, reason = "tests")]

use super::check::needs_second_person;
use super::claims::{Claims, Expected};
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

/// Whether an address counts as checked that comes by an ID token and the user info endpoint.
fn checked(token: &str, info: &str) -> Option<(String, bool)> {
    let expected = Expected {
        issuer: "https://id.example",
        client_id: "us",
        nonce: "n",
        now_ms: 1_000_000,
        anew_since_ms: None,
    };
    let token = format!(
        r#"{{"iss":"https://id.example","aud":"us","nonce":"n","sub":"s","iat":1000,"exp":1600{token}}}"#
    );
    let mut claims = Claims::check(token.as_bytes(), &expected).unwrap();
    claims
        .add_user_info(format!(r#"{{"sub":"s"{info}}}"#).as_bytes())
        .unwrap();
    let (email, verified) = claims.email()?;
    Some((email.to_owned(), verified))
}

#[test]
fn that_an_address_was_checked_counts_for_that_address_only() {
    let verified = r#","email_verified":true"#;
    let (boss, own) = (r#","email":"boss@x""#, r#","email":"own@x""#);
    let said = |email: &str, verified| Some((email.to_owned(), verified));
    let both = format!("{own}{verified}");
    assert_eq!(checked(boss, &both), said("boss@x", false));
    assert_eq!(checked(boss, verified), said("boss@x", false));
    assert_eq!(checked(verified, boss), said("boss@x", false));
    assert_eq!(checked("", &both), said("own@x", true));
    assert_eq!(checked(&both, ""), said("own@x", true));
    // About the same address.
    assert_eq!(checked(own, &both), said("own@x", true));
    assert_eq!(
        checked(&format!(r#"{own},"email_verified":false"#), &both),
        None
    );
}
