//! ID tokens, right ones and wrong ones.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tillsyn_pki::hash;
use tillsyn_pki::jws::signer::{SignatureForm, Signer};
use tillsyn_pki::key::KeyPair;

use super::{Fault, OidcPerson};

/// The provider's key pairs.
pub(super) struct Keys {
    published: Signer,
    /// Published, too: for another algorithm.
    elliptic: Signer,
    /// Nobody has heard of it.
    other: Signer,
}

/// What a token is about.
pub(super) struct Subject<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) person: &'a OidcPerson,
    pub(super) signed_in_at: i64,
    /// Seconds.
    pub(super) now: i64,
}

const KID: &str = "2026-a";
const ELLIPTIC: &str = "2026-e";

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Keys {
    pub(super) fn new() -> Result<Self, tillsyn_pki::Error> {
        let signer = |key| Signer::new(key, SignatureForm::Full);
        Ok(Self {
            published: signer(KeyPair::generate_rsa2048()?)?,
            elliptic: signer(KeyPair::generate_p256()?)?,
            other: signer(KeyPair::generate_rsa2048()?)?,
        })
    }

    /// New ones under the same names.
    pub(super) fn rotate(&mut self) -> Result<(), tillsyn_pki::Error> {
        self.published = Signer::new(KeyPair::generate_rsa2048()?, SignatureForm::Full)?;
        Ok(())
    }

    /// RFC 7517 §5, with keys beside that verify nothing.
    pub(super) fn set(&self) -> Value {
        let jwk = |signer: &Signer, kid: &str| {
            let mut jwk: Value =
                serde_json::from_str(&signer.jwk().canonical_json()).unwrap_or_default();
            jwk["kid"] = kid.into();
            jwk["use"] = "sig".into();
            jwk
        };
        json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "kid": "2025-z", "x": "" },
            jwk(&self.elliptic, ELLIPTIC),
            jwk(&self.published, KID),
        ] })
    }

    pub(super) fn token(&self, subject: &Subject<'_>, fault: Option<Fault>) -> String {
        let claims = claims(subject, fault);
        let (signer, header) = match fault {
            Some(Fault::AlgorithmNone) => {
                return format!("{}.{}.", b64(r#"{"alg":"none"}"#), b64(claims.to_string()));
            }
            Some(Fault::PublicKeyAsSecret) => {
                let header = json!({ "alg": "HS256", "kid": KID }).to_string();
                let message = format!("{}.{}", b64(header), b64(claims.to_string()));
                let secret = self.published.jwk().canonical_json();
                let tag = hmac_sha256(secret.as_bytes(), message.as_bytes());
                return format!("{message}.{}", b64(tag));
            }
            Some(Fault::OtherKey) => (&self.other, json!({ "alg": "RS256", "kid": KID })),
            Some(Fault::KeyAddress) => {
                let address = format!("{}/other-keys", subject.issuer);
                let header = json!({ "alg": "RS256", "kid": KID, "jku": address, "x5u": address });
                (&self.other, header)
            }
            Some(Fault::KeyInHeader) => {
                let jwk: Value =
                    serde_json::from_str(&self.other.jwk().canonical_json()).unwrap_or_default();
                (
                    &self.other,
                    json!({ "alg": "RS256", "kid": KID, "jwk": jwk }),
                )
            }
            Some(Fault::OtherAlgorithm) => {
                (&self.elliptic, json!({ "alg": "ES256", "kid": ELLIPTIC }))
            }
            _ => (&self.published, json!({ "alg": "RS256", "kid": KID })),
        };
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let signature = signer.signature(message.as_bytes()).unwrap_or_default();
        if fault == Some(Fault::Tampered) {
            let mut claims = claims;
            claims["groups"] = json!(["owners"]);
            let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
            return format!("{message}.{}", b64(signature));
        }
        format!("{message}.{}", b64(signature))
    }
}

fn claims(subject: &Subject<'_>, fault: Option<Fault>) -> Value {
    let Subject {
        issuer,
        client_id,
        nonce,
        person,
        signed_in_at,
        now,
    } = subject;
    let mut claims = json!({
        "iss": issuer, "aud": client_id, "sub": person.subject, "nonce": nonce,
        "iat": now, "exp": now + 300, "auth_time": signed_in_at,
        "amr": person.methods,
    });
    if !person.in_user_info {
        person.describe(&mut claims);
    }
    let gone = |claims: &mut Value, name: &str| {
        if let Some(map) = claims.as_object_mut() {
            map.remove(name);
        }
    };
    match fault {
        Some(Fault::OtherIssuer) => claims["iss"] = "https://issuer.example".into(),
        Some(Fault::OtherAudience) => claims["aud"] = "another-client".into(),
        Some(Fault::OtherParty) => {
            claims["aud"] = json!([client_id, "another-client"]);
            claims["azp"] = "another-client".into();
        }
        Some(Fault::OtherNonce) => claims["nonce"] = hash::random_token(32).into(),
        Some(Fault::NoNonce) => gone(&mut claims, "nonce"),
        Some(Fault::Expired) => {
            claims["iat"] = (now - 3600).into();
            claims["exp"] = (now - 301).into();
        }
        Some(Fault::FromTheFuture) => {
            claims["iat"] = (now + 330).into();
            claims["exp"] = (now + 900).into();
        }
        Some(Fault::NotYetValid) => claims["nbf"] = (now + 330).into(),
        Some(Fault::NoSubject) => gone(&mut claims, "sub"),
        Some(Fault::EmptySubject) => claims["sub"] = "".into(),
        Some(Fault::OldSignIn) => claims["auth_time"] = (now - 900).into(),
        Some(Fault::NoSignInTime) => gone(&mut claims, "auth_time"),
        _ => {}
    }
    claims
}

/// RFC 2104.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&hash::sha256(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let with = |pad: u8, rest: &[u8]| {
        let padded: Vec<u8> = block.iter().map(|byte| byte ^ pad).collect();
        hash::sha256(&[&padded, rest].concat())
    };
    with(0x5c, &with(0x36, message))
}
