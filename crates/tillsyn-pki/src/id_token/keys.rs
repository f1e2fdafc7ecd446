//! What a provider publishes at its `jwks_uri`. RFC 7517.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{TokenAlgorithm, TokenError};

/// The keys of a provider that can verify a token; what else it publishes is left out.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Key>);

#[derive(Debug, Clone)]
pub(super) struct Key {
    kid: Option<String>,
    /// The only algorithm it is for, where it says so.
    alg: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// Uncompressed points.
    P256(Vec<u8>),
    P384(Vec<u8>),
}

/// More keys than this no provider has.
const MAX_KEYS: usize = 100;
/// Bytes of a modulus: 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<IgnoredAny>,
}

impl KeySet {
    /// Reads a JWK set.
    ///
    /// # Errors
    /// Malformed when it is none. A key in it that cannot be used is no error: providers publish others, too.
    pub fn from_json(json: &[u8]) -> Result<Self, TokenError> {
        let set: RawSet =
            serde_json::from_slice(json).map_err(|_| TokenError::Malformed("key set"))?;
        if set.keys.len() > MAX_KEYS {
            return Err(TokenError::Malformed("key set"));
        }
        let raw = set.keys.into_iter();
        let usable = raw.filter_map(|key| Key::read(&serde_json::from_value(key).ok()?));
        Ok(Self(usable.collect()))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn that_fit<'a>(
        &'a self,
        algorithm: TokenAlgorithm,
        kid: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Key> {
        self.0.iter().filter(move |key| {
            let named = kid.is_none_or(|kid| key.kid.as_deref() == Some(kid));
            let meant = key.alg.as_deref().is_none_or(|alg| alg == algorithm.name());
            named && meant && key.kind.fits(algorithm)
        })
    }
}

impl Key {
    fn read(raw: &RawKey) -> Option<Self> {
        // A private key that everybody can read proves nothing.
        let for_signatures = raw.usage.as_deref().is_none_or(|usage| usage == "sig");
        if raw.d.is_some() || !for_signatures {
            return None;
        }
        let kind = match (raw.kty.as_str(), raw.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (number(raw.n.as_deref())?, number(raw.e.as_deref())?);
                RSA_BYTES.contains(&n.len()).then_some(Kind::Rsa { n, e })?
            }
            ("EC", Some("P-256")) => Kind::P256(point(raw, 32)?),
            ("EC", Some("P-384")) => Kind::P384(point(raw, 48)?),
            _ => return None,
        };
        Some(Self {
            kid: raw.kid.clone(),
            alg: raw.alg.clone(),
            kind,
        })
    }

    pub(super) fn verifies(
        &self,
        algorithm: TokenAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let ec = |with: &'static dyn VerificationAlgorithm, point: &[u8]| {
            UnparsedPublicKey::new(with, point)
                .verify(message, signature)
                .is_ok()
        };
        match (&self.kind, algorithm) {
            (Kind::Rsa { n, e }, TokenAlgorithm::Rs256 | TokenAlgorithm::Ps256) => {
                let padding = match algorithm {
                    TokenAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                let key = RsaPublicKeyComponents { n, e };
                key.verify(padding, message, signature).is_ok()
            }
            (Kind::P256(point), TokenAlgorithm::Es256) => ec(&ECDSA_P256_SHA256_FIXED, point),
            (Kind::P384(point), TokenAlgorithm::Es384) => ec(&ECDSA_P384_SHA384_FIXED, point),
            _ => false,
        }
    }
}

impl Kind {
    fn fits(&self, algorithm: TokenAlgorithm) -> bool {
        matches!(
            (self, algorithm),
            (
                Self::Rsa { .. },
                TokenAlgorithm::Rs256 | TokenAlgorithm::Ps256
            ) | (Self::P256(_), TokenAlgorithm::Es256)
                | (Self::P384(_), TokenAlgorithm::Es384)
        )
    }
}

/// A number without leading zeros.
fn number(text: Option<&str>) -> Option<Vec<u8>> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text?).ok()?;
    let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    (!digits.is_empty()).then_some(digits)
}

fn point(raw: &RawKey, size: usize) -> Option<Vec<u8>> {
    let coordinate = |text: Option<&str>| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text?).ok()?;
        (bytes.len() == size).then_some(bytes)
    };
    let (x, y) = (coordinate(raw.x.as_deref())?, coordinate(raw.y.as_deref())?);
    Some([&[4][..], &x, &y].concat())
}
