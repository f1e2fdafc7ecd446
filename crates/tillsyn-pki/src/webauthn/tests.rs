#![expect(clippy::unwrap_used, reason = "tests")]

use super::maker::Passkey;
use super::{Assertion, Credential, Party, Registration, WebauthnError as E};

const CHALLENGE: &str = "Y2hhbGxlbmdlLW9mLTE2LWJ5dGVz";

fn party() -> Party {
    Party::of_url("https://mdm.example.org:8443/base").unwrap()
}

fn passkey() -> Passkey {
    Passkey::new("mdm.example.org", "https://mdm.example.org:8443").unwrap()
}

fn registered(passkey: &Passkey) -> Credential {
    party()
        .register(&passkey.register(CHALLENGE), CHALLENGE)
        .unwrap()
        .1
}

#[test]
fn the_party_is_the_console_and_never_a_bare_address() {
    assert_eq!(
        party(),
        Party {
            id: "mdm.example.org".to_owned(),
            origin: "https://mdm.example.org:8443".to_owned()
        }
    );
    let standard = Party::of_url("https://MDM.example.org:443").unwrap();
    assert_eq!(standard.origin, "https://mdm.example.org");
    assert!(Party::of_url("http://localhost:9000").is_some());
    for none in [
        "http://mdm.example.org",
        "https://192.0.2.1",
        "https://[2001:db8::1]:8443",
        "http://127.0.0.1:1",
        "",
    ] {
        assert_eq!(Party::of_url(none), None, "{none}");
    }
}

#[test]
fn a_passkey_registers_and_is_shown() {
    let mut passkey = passkey();
    let (id, credential) = party()
        .register(&passkey.register(CHALLENGE), CHALLENGE)
        .unwrap();
    assert_eq!(id, passkey.id());
    let stored: Credential =
        serde_json::from_str(&serde_json::to_string(&credential).unwrap()).unwrap();
    assert_eq!(stored, credential);
    passkey.counter = 7;
    let shown = party()
        .verify(&passkey.answer(CHALLENGE).unwrap(), CHALLENGE, &stored)
        .unwrap();
    assert_eq!(shown.counter, 7);
}

/// Each way of bending an answer, and what it is refused with.
#[test]
fn every_bent_answer_is_refused() {
    let good = passkey();
    let credential = registered(&good);
    let bent = |bend: fn(&mut Passkey)| {
        // The same key with another word.
        let mut copy = passkey();
        bend(&mut copy);
        let registered = party().register(&copy.register(CHALLENGE), CHALLENGE);
        registered.map(|_| ()).unwrap_err()
    };
    assert_eq!(
        bent(|p| p.origin = "https://mdm.example.org".to_owned()),
        E::WrongOrigin
    );
    assert_eq!(
        bent(|p| p.origin = "https://evil.test".to_owned()),
        E::WrongOrigin
    );
    assert_eq!(
        bent(|p| p.party_id = "example.org".to_owned()),
        E::WrongParty
    );
    assert_eq!(bent(|p| p.flags = 0b100), E::NotPresent);
    assert_eq!(bent(|p| p.flags = 0b001), E::NotVerified);
    assert_eq!(
        bent(|p| p.flags = 0b1_0101),
        E::Malformed("authenticator data")
    );

    let refused = |answer: &Assertion, challenge: &str| {
        party().verify(answer, challenge, &credential).unwrap_err()
    };
    let right = good.answer(CHALLENGE).unwrap();
    assert_eq!(refused(&right, "YW5vdGhlcg"), E::WrongChallenge);
    // A registration is no answer, and an answer no registration.
    let registration = good.register(CHALLENGE);
    let crossed = Assertion {
        client_data: registration.client_data.clone(),
        ..right.clone()
    };
    assert_eq!(refused(&crossed, CHALLENGE), E::WrongType);
    let crossed = Registration {
        client_data: right.client_data.clone(),
        ..registration
    };
    assert_eq!(
        party().register(&crossed, CHALLENGE).unwrap_err(),
        E::WrongType
    );
    // Somebody else's key.
    let other = passkey().answer(CHALLENGE).unwrap();
    assert_eq!(refused(&other, CHALLENGE), E::BadSignature);
    // Authenticator data of another moment under the same signature.
    let mut later = passkey();
    later.counter = 9;
    let data = later.answer(CHALLENGE).unwrap().authenticator_data;
    let moved = Assertion {
        authenticator_data: data,
        ..right.clone()
    };
    assert_eq!(refused(&moved, CHALLENGE), E::BadSignature);
    let cut = Assertion {
        authenticator_data: "AAAA".to_owned(),
        ..right
    };
    assert_eq!(refused(&cut, CHALLENGE), E::Malformed("authenticator data"));
}

#[test]
fn a_frame_of_another_page_is_no_place_for_a_ceremony() {
    let credential = registered(&passkey());
    let data = serde_json::json!({
        "type": "webauthn.get", "challenge": CHALLENGE,
        "origin": "https://mdm.example.org:8443", "crossOrigin": true,
    });
    let answer = Assertion {
        client_data: super::credential::encode(data.to_string().as_bytes()),
        ..passkey().answer(CHALLENGE).unwrap()
    };
    let refused = party().verify(&answer, CHALLENGE, &credential);
    assert_eq!(refused.unwrap_err(), E::WrongOrigin);
}

#[test]
fn a_counter_that_stands_still_betrays_a_copy() {
    let mut passkey = passkey();
    passkey.counter = 5;
    let mut credential = registered(&passkey);
    assert_eq!(credential.counter, 5);
    let again = passkey.answer(CHALLENGE).unwrap();
    assert_eq!(
        party().verify(&again, CHALLENGE, &credential).unwrap_err(),
        E::CounterWentBack
    );
    passkey.counter = 6;
    let next = passkey.answer(CHALLENGE).unwrap();
    credential.counter = party()
        .verify(&next, CHALLENGE, &credential)
        .unwrap()
        .counter;
    assert_eq!(
        party().verify(&next, CHALLENGE, &credential).unwrap_err(),
        E::CounterWentBack
    );
}

#[test]
fn a_key_of_a_kind_that_was_not_offered_is_refused() {
    use crate::attestation::cbor::Value;
    let key = |entries: Vec<(u64, Value<'static>)>| {
        let entries = entries.into_iter();
        Value::Map(entries.map(|(k, v)| (Value::Unsigned(k), v)).collect())
    };
    // EC2 with ES384; no key type; no algorithm.
    let p384 = key(vec![(1, Value::Unsigned(2)), (3, Value::Negative(34))]);
    assert_eq!(Credential::read(&p384).unwrap_err(), E::UnknownAlgorithm);
    let none = key(vec![(3, Value::Negative(6))]);
    assert_eq!(Credential::read(&none).unwrap_err(), E::UnknownAlgorithm);
    assert_eq!(
        Credential::read(&key(Vec::new())).unwrap_err(),
        E::Malformed("key of the passkey")
    );
}
