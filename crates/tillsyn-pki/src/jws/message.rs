use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::algorithm::Algorithm;
use super::error::{JwsError, Result};
use super::jwk::{Jwk, RawJwk};

const MAX_BODY: usize = 128 << 10;
const MAX_HEADER: usize = 16 << 10;
const MAX_URL: usize = 2048;
const MAX_NONCE: usize = 128;

/// Who says that they signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// A key of its own, for `newAccount`.
    Key(Jwk),
    /// The address of an account.
    Url(String),
}

/// A signed request, read and not yet verified.
#[derive(Clone)]
pub struct Jws {
    algorithm: Algorithm,
    nonce: String,
    url: String,
    account: Account,
    signing_input: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Flattened {
    protected: String,
    payload: String,
    signature: String,
    header: Option<IgnoredAny>,
    signatures: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Protected {
    alg: String,
    nonce: String,
    url: String,
    jwk: Option<RawJwk>,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

impl Jws {
    /// Reads a request body.
    pub fn parse(body: &[u8]) -> Result<Self> {
        if body.len() > MAX_BODY {
            return Err(JwsError::TooLarge {
                what: "JWS",
                limit: MAX_BODY,
            });
        }
        let outer: Flattened =
            serde_json::from_slice(body).map_err(|_| JwsError::malformed("JWS"))?;
        // RFC 8555 §6.2: no unprotected header, one signature.
        if outer.header.is_some() || outer.signatures.is_some() {
            return Err(JwsError::malformed("JWS: it is not flattened"));
        }
        if outer.protected.len() > MAX_HEADER {
            return Err(JwsError::TooLarge {
                what: "JWS header",
                limit: MAX_HEADER,
            });
        }
        let header = decode(&outer.protected, "JWS header")?;
        let header: Protected =
            serde_json::from_slice(&header).map_err(|_| JwsError::malformed("JWS header"))?;
        let algorithm = Algorithm::from_name(&header.alg).ok_or(JwsError::UnsupportedAlgorithm)?;
        // RFC 7515 §4.1.11: we know no extension that a client could insist on.
        if header.crit.is_some() {
            return Err(JwsError::malformed("JWS header: crit"));
        }
        check_text(&header.url, MAX_URL, "JWS url")?;
        check_text(&header.nonce, MAX_NONCE, "JWS nonce")?;
        // RFC 8555 §6.5.2.
        decode(&header.nonce, "JWS nonce")?;
        let account = match (header.jwk, header.kid) {
            (Some(jwk), None) => Account::Key(Jwk::from_raw(&jwk)?),
            (None, Some(kid)) => {
                check_text(&kid, MAX_URL, "JWS kid")?;
                Account::Url(kid)
            }
            _ => return Err(JwsError::malformed("JWS header: one of jwk and kid")),
        };
        if let Account::Key(jwk) = &account
            && jwk.algorithm() != algorithm
        {
            return Err(JwsError::malformed("JWS header: alg of another key type"));
        }
        Ok(Self {
            algorithm,
            nonce: header.nonce,
            url: header.url,
            account,
            payload: decode(&outer.payload, "JWS payload")?,
            signature: decode(&outer.signature, "JWS signature")?,
            signing_input: [outer.protected, outer.payload].join(".").into_bytes(),
        })
    }

    /// To be consumed before anything else is believed.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// To be compared with the published address of the endpoint.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The payload, if this key made the signature: the account's, or the one in the header.
    /// Empty for a POST-as-GET.
    pub fn verify(&self, key: &Jwk) -> Result<&[u8]> {
        if key.algorithm() != self.algorithm {
            return Err(JwsError::BadSignature);
        }
        if let Account::Key(own) = &self.account
            && own != key
        {
            return Err(JwsError::BadSignature);
        }
        key.verify(&self.signing_input, &self.signature)?;
        Ok(&self.payload)
    }
}

impl fmt::Debug for Jws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jws")
            .field("algorithm", &self.algorithm)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// RFC 8555 §6.1: base64url without padding, everything else is refused.
fn decode(text: &str, what: &'static str) -> Result<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| JwsError::malformed(what))
}

fn check_text(text: &str, limit: usize, what: &'static str) -> Result<()> {
    if text.len() > limit {
        Err(JwsError::TooLarge { what, limit })
    } else if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        Err(JwsError::malformed(what))
    } else {
        Ok(())
    }
}
