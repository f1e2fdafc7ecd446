#![expect(clippy::unwrap_used, reason = "tests")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL64;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::signer::{SignatureForm, Signer};
use super::*;
use crate::key::{Digest, KeyPair};
use crate::testing::{self, P384, RSA_A, RSA_B, mutate};

const URL: &str = "https://mdm.example/acme/new-order";
const NONCE: &str = "oFvnlFP1wIhRlYS2jTaXbA";

fn signer(form: SignatureForm) -> Signer {
    Signer::new(KeyPair::generate_p256().unwrap(), form).unwrap()
}

fn parts(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap()
}

fn body(header: &Value, payload: &str) -> Vec<u8> {
    let protected = URL64.encode(header.to_string());
    let body = json!({"protected": protected, "payload": payload, "signature": "AAAA"});
    body.to_string().into_bytes()
}

#[test]
fn signed_requests_verify_for_every_key() {
    for key in [
        KeyPair::generate_p256().unwrap(),
        P384.clone(),
        RSA_A.clone(),
    ] {
        let signer = Signer::new(key, SignatureForm::Full).unwrap();
        let request = signer.sign(URL, NONCE, None, b"{}").unwrap();
        let jws = Jws::parse(&request).unwrap();
        assert_eq!((jws.url(), jws.nonce()), (URL, NONCE));
        let Account::Key(jwk) = jws.account() else {
            panic!("a key was sent");
        };
        assert_eq!(jwk, signer.jwk());
        assert_eq!(jws.verify(jwk).unwrap(), b"{}");

        let account = "https://mdm.example/acme/account/1";
        let request = signer.sign(URL, NONCE, Some(account), b"").unwrap();
        let jws = Jws::parse(&request).unwrap();
        assert_eq!(*jws.account(), Account::Url(account.to_owned()));
        // The stored form of the key serves as well.
        let stored = Jwk::from_json(&signer.jwk().canonical_json()).unwrap();
        assert!(jws.verify(&stored).unwrap().is_empty());
        assert_eq!(stored.thumbprint(), signer.jwk().thumbprint());
    }
}

#[test]
fn es512_verifies() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
    let (x, y) = key.public_key().as_ref()[1..].split_at(66);
    let jwk = json!({"kty": "EC", "crv": "P-521", "x": URL64.encode(x), "y": URL64.encode(y)});
    let header = json!({"alg": "ES512", "nonce": NONCE, "url": URL, "jwk": jwk});
    let protected = URL64.encode(header.to_string());
    let signature = key
        .sign(&random, format!("{protected}.e30").as_bytes())
        .unwrap();
    let body = json!({
        "protected": protected, "payload": "e30", "signature": URL64.encode(signature.as_ref()),
    });
    let jws = Jws::parse(body.to_string().as_bytes()).unwrap();
    let Account::Key(jwk) = jws.account().clone() else {
        panic!("a key was sent");
    };
    assert_eq!(jws.verify(&jwk).unwrap(), b"{}");
}

#[test]
fn signature_of_63_bytes_is_padded() {
    // Both halves lose their zero byte sooner or later; every short form must verify.
    let signer = signer(SignatureForm::AlwaysShort);
    for round in 0..8 {
        let request = signer.sign(URL, NONCE, None, &[round]).unwrap();
        let signature = parts(&request)["signature"].as_str().unwrap().to_owned();
        let signature = URL64.decode(signature).unwrap();
        assert!(signature.len() < 64);
        let jws = Jws::parse(&request).unwrap();
        assert_eq!(jws.verify(signer.jwk()).unwrap(), [round]);
    }
}

#[test]
fn signature_of_62_bytes_is_padded() {
    let request = include_bytes!("../../corpus/jws/ok-short-62.json");
    let signature = parts(request)["signature"].as_str().unwrap().to_owned();
    assert_eq!(URL64.decode(signature).unwrap().len(), 62);
    let jws = Jws::parse(request).unwrap();
    let Account::Key(jwk) = jws.account().clone() else {
        panic!("a key was sent");
    };
    jws.verify(&jwk).unwrap();
}

#[test]
fn shorter_longer_and_foreign_signatures_are_refused() {
    let signer = signer(SignatureForm::Full);
    let request = signer.sign(URL, NONCE, None, b"{}").unwrap();
    let good = URL64
        .decode(parts(&request)["signature"].as_str().unwrap())
        .unwrap();
    let with = |signature: &[u8]| {
        let mut body = parts(&request);
        body["signature"] = URL64.encode(signature).into();
        let jws = Jws::parse(body.to_string().as_bytes()).unwrap();
        jws.verify(signer.jwk()).map(<[u8]>::to_vec)
    };
    assert_eq!(with(&good).unwrap(), b"{}");
    for bad in [
        &good[..61],
        &good[..63],
        &good[1..],
        &[&good[..], &[0]].concat(),
        &[],
        &[0; 64],
    ] {
        assert_eq!(with(bad), Err(JwsError::BadSignature));
    }
    let stranger = self::signer(SignatureForm::Full);
    let jws = Jws::parse(&request).unwrap();
    assert_eq!(jws.verify(stranger.jwk()), Err(JwsError::BadSignature));
}

#[test]
fn key_in_the_header_is_the_one_that_has_to_sign() {
    let sent: Value = serde_json::from_str(
        &Jwk::from_public_key(RSA_B.public_key())
            .unwrap()
            .canonical_json(),
    )
    .unwrap();
    let header = json!({"alg": "RS256", "nonce": NONCE, "url": URL, "jwk": sent});
    let protected = URL64.encode(header.to_string());
    let input = format!("{protected}.e30");
    let signature = RSA_A.sign(Digest::Sha256, input.as_bytes()).unwrap();
    let body = json!({
        "protected": protected, "payload": "e30", "signature": URL64.encode(signature),
    });
    let jws = Jws::parse(body.to_string().as_bytes()).unwrap();
    for key in [&RSA_A, &RSA_B] {
        let key = Jwk::from_public_key(key.public_key()).unwrap();
        assert_eq!(jws.verify(&key), Err(JwsError::BadSignature));
    }
}

#[test]
fn everything_that_is_signed_is_covered() {
    let signer = signer(SignatureForm::Full);
    let request = signer.sign(URL, NONCE, Some("https://a/1"), b"{}").unwrap();
    let mut payload = parts(&request);
    payload["payload"] = URL64.encode("{ }").into();
    let mut header = parts(&request);
    let changed =
        json!({"alg": "ES256", "nonce": NONCE, "url": "https://b/", "kid": "https://a/1"});
    header["protected"] = URL64.encode(changed.to_string()).into();
    for body in [payload, header] {
        let jws = Jws::parse(body.to_string().as_bytes()).unwrap();
        assert_eq!(jws.verify(signer.jwk()), Err(JwsError::BadSignature));
    }
}

#[test]
fn headers_against_the_rules_are_refused() {
    let jwk: Value =
        serde_json::from_str(&signer(SignatureForm::Full).jwk().canonical_json()).unwrap();
    let good = json!({"alg": "ES256", "nonce": NONCE, "url": URL, "jwk": jwk});
    Jws::parse(&body(&good, "")).unwrap();
    let with = |name: &str, value: Value| {
        let mut header = good.clone();
        if value.is_null() {
            header.as_object_mut().unwrap().remove(name);
        } else {
            header[name] = value;
        }
        Jws::parse(&body(&header, "")).unwrap_err()
    };
    for algorithm in ["none", "HS256", "ES256K", "PS256", "es256", ""] {
        assert_eq!(
            with("alg", algorithm.into()),
            JwsError::UnsupportedAlgorithm
        );
    }
    for (name, value) in [
        // Another key type, a second way to name the key, no way, an extension.
        ("alg", json!("RS256")),
        ("kid", json!("https://mdm.example/acme/account/1")),
        ("jwk", Value::Null),
        ("crit", json!(["b64"])),
        ("nonce", json!("not base64url!")),
        ("nonce", json!("")),
        ("nonce", Value::Null),
        ("url", json!("")),
        ("url", json!(5)),
        ("url", Value::Null),
    ] {
        let error = with(name, value.clone());
        assert!(
            matches!(error, JwsError::Malformed { .. }),
            "{name} {value}: {error}"
        );
        assert!(error.acme_type().ends_with(":malformed"));
    }
    assert!(matches!(
        with("url", "a".repeat(3000).into()),
        JwsError::TooLarge { .. }
    ));
    for (name, value) in [("header", json!({})), ("signatures", json!([]))] {
        let mut body = parts(&body(&good, ""));
        body[name] = value;
        assert!(Jws::parse(body.to_string().as_bytes()).is_err(), "{name}");
    }
    // RFC 8555 §6.1: padding is refused.
    assert!(Jws::parse(&body(&good, "e30=")).is_err());
    assert!(Jws::parse(b"").is_err());
    let error = Jws::parse(&vec![b' '; (128 << 10) + 1]).unwrap_err();
    assert!(matches!(error, JwsError::TooLarge { .. }));
}

#[test]
fn keys_against_the_rules_are_refused() {
    let good = signer(SignatureForm::Full).jwk().canonical_json();
    let good: Value = serde_json::from_str(&good).unwrap();
    for (name, value) in [
        ("d", json!("AAAA")),
        ("k", json!("AAAA")),
        ("kty", json!("oct")),
        ("crv", json!("secp256k1")),
        ("crv", json!("P-384")),
        ("x", json!(URL64.encode([1; 32]))),
        ("x", json!(URL64.encode([1; 33]))),
        ("x", json!(URL64.encode([1; 29]))),
    ] {
        let mut jwk = good.clone();
        jwk[name] = value.clone();
        let error = Jwk::from_json(&jwk.to_string()).unwrap_err();
        assert!(
            matches!(error, JwsError::BadKey { .. }),
            "{name} {value}: {error}"
        );
        assert!(error.acme_type().ends_with(":badPublicKey"));
    }
    let small = json!({"kty": "RSA", "n": URL64.encode([0xff; 128]), "e": "AQAB"});
    let huge = json!({"kty": "RSA", "n": URL64.encode([0xff; 1025]), "e": "AQAB"});
    for jwk in [small, huge] {
        let error = Jwk::from_json(&jwk.to_string()).unwrap_err();
        assert!(matches!(error, JwsError::BadKey { .. }), "{error}");
    }
    for text in ["", "[]", "{}", r#"{"kty":"EC","kty":"EC"}"#] {
        assert!(Jwk::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn one_key_has_one_name() {
    // RFC 7638 §3.1.
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS\
             oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65\
             YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr\
             dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK\
             nqDKgw";
    let jwk = json!({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"});
    let key = Jwk::from_json(&jwk.to_string()).unwrap();
    assert_eq!(
        key.thumbprint(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
    // Padded with a zero it is the same key.
    let padded = URL64.encode([&[0][..], &URL64.decode(n).unwrap()].concat());
    let spelled = json!({"kty": "RSA", "n": padded, "e": "AAEAAQ"});
    let same = Jwk::from_json(&spelled.to_string()).unwrap();
    assert_eq!(same.thumbprint(), key.thumbprint());
    assert_eq!(same, key);
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let both_short = || loop {
        let signer = signer(SignatureForm::AlwaysShort);
        let request = signer.sign(URL, NONCE, None, b"{}").unwrap();
        let signature = parts(&request)["signature"].as_str().unwrap().len();
        if signature == 83 {
            return request;
        }
    };
    let sign = |key: &KeyPair| {
        let signer = Signer::new(key.clone(), SignatureForm::Full).unwrap();
        signer.sign(URL, NONCE, None, b"{}").unwrap()
    };
    let unsigned = json!({"alg": "none", "nonce": NONCE, "url": URL, "kid": "a"});
    let made = if testing::updates_corpus() {
        vec![
            ("ok-es256.json", sign(&KeyPair::generate_p256().unwrap())),
            ("ok-es384.json", sign(&P384)),
            ("ok-rs256.json", sign(&RSA_A)),
            ("ok-short-62.json", both_short()),
            ("bad-alg-none.json", body(&unsigned, "")),
            ("bad-depth.json", vec![b'['; 2000]),
            (
                "bad-no-payload.json",
                br#"{"protected":"e30","signature":""}"#.to_vec(),
            ),
        ]
    } else {
        Vec::new()
    };
    testing::corpus("jws", &made, |bytes| Jws::parse(bytes).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn mutated_requests_never_verify(at in any::<usize>(), value in any::<u8>(), kind in any::<u8>()) {
        static SENT: std::sync::LazyLock<(Jwk, Vec<u8>)> = std::sync::LazyLock::new(|| {
            let signer = signer(SignatureForm::Full);
            (signer.jwk().clone(), signer.sign(URL, NONCE, Some("https://a/1"), b"{}").unwrap())
        });
        let (jwk, sent) = &*SENT;
        let changed = mutate(sent, at, value, kind);
        if let Ok(jws) = Jws::parse(&changed) {
            // White space and unknown members are not signed; what is read must not differ.
            if let Ok(payload) = jws.verify(jwk) {
                prop_assert_eq!(payload, b"{}");
                prop_assert_eq!((jws.url(), jws.nonce()), (URL, NONCE));
            }
        }
    }

    #[test]
    fn arbitrary_bodies_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Jws::parse(&bytes);
    }
}
