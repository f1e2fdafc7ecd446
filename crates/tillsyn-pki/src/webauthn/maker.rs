//! A passkey as an authenticator and a browser make it, for tests.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use super::credential::encode;
use super::party::{Assertion, Registration};
use crate::attestation::cbor;
use crate::error::{Error, Result};
use crate::hash;

/// One passkey on P-256. What it says can be bent, to see it refused.
pub struct Passkey {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    pub party_id: String,
    pub origin: String,
    /// Present, verified.
    pub flags: u8,
    pub counter: u32,
    /// Whose it is, as the server named them.
    pub user: String,
}

impl Passkey {
    pub fn new(party_id: &str, origin: &str) -> Result<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|_| Error::crypto("making a key"))?;
        Ok(Self {
            key,
            id: hash::random_bytes::<16>().to_vec(),
            party_id: party_id.to_owned(),
            origin: origin.to_owned(),
            flags: 0b101,
            counter: 0,
            user: String::new(),
        })
    }

    pub fn id(&self) -> String {
        encode(&self.id)
    }

    fn client_data(&self, kind: &str, challenge: &str) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
            .into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let party = hash::sha256(self.party_id.as_bytes());
        [&party[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// The answer to a registration.
    pub fn register(&self, challenge: &str) -> Registration {
        let point = self.key.public_key().as_ref();
        let (x, y) = point
            .get(1..)
            .and_then(|point| point.split_at_checked(32))
            .unwrap_or_default();
        let key = [
            cbor::head(5, 5),
            vec![0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21],
            cbor::bytes(x),
            vec![0x22],
            cbor::bytes(y),
        ]
        .concat();
        let length = u16::try_from(self.id.len()).unwrap_or_default();
        let data = [
            self.data(self.flags | 1 << 6),
            vec![0; 16],
            length.to_be_bytes().to_vec(),
            self.id.clone(),
            key,
        ]
        .concat();
        let object = [
            cbor::head(5, 3),
            cbor::text("fmt"),
            cbor::text("none"),
            cbor::text("attStmt"),
            cbor::head(5, 0),
            cbor::text("authData"),
            cbor::bytes(&data),
        ]
        .concat();
        Registration {
            client_data: encode(&self.client_data("webauthn.create", challenge)),
            attestation_object: encode(&object),
        }
    }

    /// The answer to a request for a passkey.
    pub fn answer(&self, challenge: &str) -> Result<Assertion> {
        let client_data = self.client_data("webauthn.get", challenge);
        let data = self.data(self.flags);
        let message = [&data[..], &hash::sha256(&client_data)].concat();
        let signature = self
            .key
            .sign(&SystemRandom::new(), &message)
            .map_err(|_| Error::crypto("signing"))?;
        Ok(Assertion {
            id: self.id(),
            client_data: encode(&client_data),
            authenticator_data: encode(&data),
            signature: encode(signature.as_ref()),
            user_handle: Some(encode(self.user.as_bytes())),
        })
    }

    /// What the page's script puts into the form: a registration.
    pub fn register_form(&self, challenge: &str) -> String {
        let answer = self.register(challenge);
        json!({
            "clientDataJSON": answer.client_data,
            "attestationObject": answer.attestation_object,
        })
        .to_string()
    }

    /// What the page's script puts into the form: an answer.
    pub fn answer_form(&self, challenge: &str) -> Result<String> {
        let answer = self.answer(challenge)?;
        Ok(json!({
            "id": answer.id,
            "clientDataJSON": answer.client_data,
            "authenticatorData": answer.authenticator_data,
            "signature": answer.signature,
            "userHandle": answer.user_handle,
        })
        .to_string())
    }
}
