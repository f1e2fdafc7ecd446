#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{KeySet, TokenAlgorithm, TokenError, verify};
use crate::jws::Jwk;
use crate::key::{Digest, KeyPair};

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The key as a provider publishes it, under this name.
fn published(key: &KeyPair, kid: &str) -> serde_json::Value {
    let jwk = Jwk::from_public_key(key.public_key()).unwrap();
    let mut jwk: serde_json::Value = serde_json::from_str(&jwk.canonical_json()).unwrap();
    jwk["kid"] = kid.into();
    jwk
}

fn set(keys: &[serde_json::Value]) -> KeySet {
    KeySet::from_json(serde_json::json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn signed(key: &KeyPair, header: &str) -> String {
    let message = format!("{}.{}", b64(header), b64(r#"{"sub":"a"}"#));
    let signature = key.sign(Digest::Sha256, message.as_bytes()).unwrap();
    format!("{message}.{}", b64(signature))
}

#[test]
fn only_chosen_algorithms_and_published_keys_count() {
    let ours = KeyPair::generate_rsa2048().unwrap();
    let other = KeyPair::generate_rsa2048().unwrap();
    let keys = set(&[published(&ours, "one")]);
    let rs256 = [TokenAlgorithm::Rs256];
    let header = r#"{"alg":"RS256","kid":"one"}"#;
    let token = signed(&ours, header);
    assert_eq!(
        verify(&token, &keys, &rs256),
        Ok(br#"{"sub":"a"}"#.to_vec())
    );
    let unnamed = signed(&ours, r#"{"alg":"RS256"}"#);
    assert!(verify(&unnamed, &keys, &rs256).is_ok());
    // A key in the header is not looked at.
    let own = format!(
        r#"{{"alg":"RS256","kid":"one","jku":"https://evil.example/","jwk":{}}}"#,
        published(&other, "one")
    );
    let refused = [
        (signed(&other, header), TokenError::Signature),
        (signed(&other, &own), TokenError::Signature),
        (
            signed(&other, r#"{"alg":"RS256","kid":"two"}"#),
            TokenError::UnknownKey,
        ),
        (
            signed(&ours, r#"{"alg":"none","kid":"one"}"#),
            TokenError::Algorithm,
        ),
        (
            signed(&ours, r#"{"alg":"HS256","kid":"one"}"#),
            TokenError::Algorithm,
        ),
        (
            signed(&ours, r#"{"alg":"ES256","kid":"one"}"#),
            TokenError::Algorithm,
        ),
        (
            signed(
                &ours,
                r#"{"alg":"RS256","kid":"one","crit":["b64"],"b64":false}"#,
            ),
            TokenError::Extension,
        ),
        (token.replacen('.', "", 1), TokenError::Malformed("token")),
        (format!("{token}.x"), TokenError::Malformed("token")),
        (format!("{token}="), TokenError::Malformed("signature")),
    ];
    for (token, error) in refused {
        assert_eq!(verify(&token, &keys, &rs256), Err(error), "{token}");
    }
    // Chosen, but no key of that kind: an RSA key verifies no elliptic curve.
    let token = signed(&ours, r#"{"alg":"ES256"}"#);
    let es256 = [TokenAlgorithm::Es256];
    assert_eq!(verify(&token, &keys, &es256), Err(TokenError::UnknownKey));
}

#[test]
fn keys_for_other_uses_are_left_out() {
    let key = KeyPair::generate_rsa2048().unwrap();
    let mut encrypting = published(&key, "enc");
    encrypting["use"] = "enc".into();
    let mut private = published(&key, "private");
    private["d"] = "AQAB".into();
    let mut short = published(&key, "short");
    short["n"] = b64([0xff; 128]).into();
    let symmetric = serde_json::json!({ "kty": "oct", "k": "AQAB" });
    let found = set(&[encrypting, private, short, symmetric, 1.into()]);
    assert!(found.is_empty());
    assert!(KeySet::from_json(b"{}").is_err());
}

#[test]
fn each_algorithm_verifies_with_its_own_keys() {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};

    use crate::jws::signer::{SignatureForm, Signer};

    let p256 = Signer::new(KeyPair::generate_p256().unwrap(), SignatureForm::Full).unwrap();
    let mut ec: serde_json::Value = serde_json::from_str(&p256.jwk().canonical_json()).unwrap();
    ec["use"] = "sig".into();
    let rsa = KeyPair::generate_rsa2048().unwrap();
    let keys = set(&[ec, published(&rsa, "rsa")]);
    let message = format!("{}.{}", b64(r#"{"alg":"ES256"}"#), b64("{}"));
    let signature = p256.signature(message.as_bytes()).unwrap();
    let token = format!("{message}.{}", b64(signature));
    assert_eq!(
        verify(&token, &keys, &[TokenAlgorithm::Es256]),
        Ok(b"{}".to_vec())
    );

    let pss = RsaKeyPair::from_pkcs8(&rsa.to_pkcs8_der()).unwrap();
    let message = format!("{}.{}", b64(r#"{"alg":"PS256","kid":"rsa"}"#), b64("{}"));
    let mut signature = vec![0; pss.public_modulus_len()];
    pss.sign(
        &RSA_PSS_SHA256,
        &SystemRandom::new(),
        message.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let token = format!("{message}.{}", b64(signature));
    let ps256 = [TokenAlgorithm::Ps256];
    assert_eq!(verify(&token, &keys, &ps256), Ok(b"{}".to_vec()));
    // The same key in the older padding, said to be the newer one.
    let crossed = signed(&rsa, r#"{"alg":"PS256","kid":"rsa"}"#);
    assert_eq!(verify(&crossed, &keys, &ps256), Err(TokenError::Signature));
}
