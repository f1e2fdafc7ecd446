//! Makes signed requests, for simulated devices and tests.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::jwk::Jwk;
use crate::asn1::Reader;
use crate::error::{Error, Result};
use crate::key::{Digest, KeyPair};

/// How the two halves of an elliptic-curve signature are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureForm {
    /// As RFC 7518 §3.4 demands.
    #[default]
    Full,
    /// As Apple's client writes them: without leading zero bytes, when there are any.
    DropZeros,
    /// As `DropZeros`, signing again until at least one byte is missing.
    AlwaysShort,
}

/// An account key that signs.
#[derive(Debug, Clone)]
pub struct Signer {
    key: KeyPair,
    jwk: Jwk,
    form: SignatureForm,
}

impl Signer {
    /// With a P-256, P-384 or RSA key.
    pub fn new(key: KeyPair, form: SignatureForm) -> Result<Self> {
        let jwk = Jwk::from_public_key(key.public_key())
            .map_err(|_| Error::unsupported("account key"))?;
        Ok(Self { key, jwk, form })
    }

    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// A request body. The key itself travels in it where no account address is given; an empty
    /// payload is a POST-as-GET.
    pub fn sign(
        &self,
        url: &str,
        nonce: &str,
        account_url: Option<&str>,
        payload: &[u8],
    ) -> Result<Vec<u8>> {
        let failed = |_| Error::crypto("JWS encoding");
        let mut header = Map::new();
        let mut put = |name: &str, value: &str| header.insert(name.to_owned(), value.into());
        put("alg", self.jwk.algorithm().name());
        put("nonce", nonce);
        put("url", url);
        if let Some(kid) = account_url {
            put("kid", kid);
        } else {
            let jwk = serde_json::from_str(&self.jwk.canonical_json()).map_err(failed)?;
            header.insert("jwk".to_owned(), jwk);
        }
        let header = serde_json::to_vec(&Value::Object(header)).map_err(failed)?;
        let protected = BASE64_URL_SAFE_NO_PAD.encode(header);
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
        let signature = self.signature(format!("{protected}.{payload}").as_bytes())?;
        serde_json::to_vec(&serde_json::json!({
            "protected": protected,
            "payload": payload,
            "signature": BASE64_URL_SAFE_NO_PAD.encode(signature),
        }))
        .map_err(failed)
    }

    /// The signature alone, as a JWS has it.
    pub fn signature(&self, message: &[u8]) -> Result<Vec<u8>> {
        let Some((_, size)) = self.jwk.algorithm().curve() else {
            return self.key.sign(Digest::Sha256, message);
        };
        loop {
            let der = self.key.sign(self.key.preferred_digest(), message)?;
            let mut numbers = Reader::der(&der).sequence("ECDSA signature")?;
            let mut halves = Vec::with_capacity(size * 2);
            for _ in 0..2 {
                let number = numbers.integer("ECDSA signature")?;
                let digits: Vec<u8> = number.iter().copied().skip_while(|b| *b == 0).collect();
                if self.form == SignatureForm::Full {
                    halves.extend(std::iter::repeat_n(0, size.saturating_sub(digits.len())));
                }
                halves.extend(digits);
            }
            if self.form != SignatureForm::AlwaysShort || halves.len() < size * 2 {
                return Ok(halves);
            }
        }
    }
}
