//! The signature of an identity provider's ID token: compact JWS by one of the keys that the provider
//! published. RFC 7515, RFC 7517, RFC 7518, OpenID Connect Core §3.1.3.7.
//!
//! Which algorithms count is said by the caller, never by the token. Keys or addresses of keys in the
//! token's header (`jwk`, `jku`, `x5c`, `x5u`) are not even read.

mod keys;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

pub use keys::KeySet;

/// Signature algorithms that can be chosen. There is none without a key pair: `none` and `HS256` do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenAlgorithm {
    Rs256,
    Ps256,
    Es256,
    Es384,
}

impl TokenAlgorithm {
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::Es384];

    /// RFC 7518 §3.1.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// Why a token's signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    #[error("malformed {0}")]
    Malformed(&'static str),
    #[error("the signature algorithm is not one of those that were chosen")]
    Algorithm,
    #[error("the token demands an extension that is not supported")]
    Extension,
    #[error("none of the provider's keys fits the token")]
    UnknownKey,
    #[error("the signature does not match")]
    Signature,
}

/// Longer tokens are not looked at.
pub const MAX_TOKEN: usize = 64 * 1024;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

/// Verifies a token and gives its claims, as they were sent.
///
/// # Errors
/// [`TokenError::UnknownKey`] when the provider may have new keys; the others are final.
pub fn verify(
    token: &str,
    keys: &KeySet,
    allowed: &[TokenAlgorithm],
) -> Result<Vec<u8>, TokenError> {
    if token.len() > MAX_TOKEN {
        return Err(TokenError::Malformed("token"));
    }
    let (message, signature) = token
        .rsplit_once('.')
        .ok_or(TokenError::Malformed("token"))?;
    let (header, payload) = message
        .split_once('.')
        .filter(|(_, payload)| !payload.contains('.'))
        .ok_or(TokenError::Malformed("token"))?;
    let header: Header = serde_json::from_slice(&decode(header, "header")?)
        .map_err(|_| TokenError::Malformed("header"))?;
    let algorithm = TokenAlgorithm::from_name(&header.alg)
        .filter(|algorithm| allowed.contains(algorithm))
        .ok_or(TokenError::Algorithm)?;
    if header.crit.is_some() {
        return Err(TokenError::Extension);
    }
    let signature = decode(signature, "signature")?;
    let mut fits = false;
    for key in keys.that_fit(algorithm, header.kid.as_deref()) {
        fits = true;
        if key.verifies(algorithm, message.as_bytes(), &signature) {
            return decode(payload, "claims");
        }
    }
    Err(if fits {
        TokenError::Signature
    } else {
        TokenError::UnknownKey
    })
}

fn decode(text: &str, what: &'static str) -> Result<Vec<u8>, TokenError> {
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| TokenError::Malformed(what))
}
