use std::fmt;

use aws_lc_rs::signature::{ParsedPublicKey, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::algorithm::Algorithm;
use super::error::{JwsError, Result};
use crate::asn1::{Reader, writer};
use crate::hash;
use crate::key::{KeyKind, PublicKey};

/// Coordinates and signature halves lose at most this many leading zero bytes.
pub(super) const MAX_DROPPED: usize = 2;
/// Bytes of an RSA modulus: 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// A public key in the form of an ACME account. Equal keys are equal whatever their spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct Jwk {
    algorithm: Algorithm,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Ec { x: Vec<u8>, y: Vec<u8> },
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

#[derive(Deserialize)]
pub(super) struct RawJwk {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    d: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
}

impl Jwk {
    /// Reads a JWK object, as `canonical_json` wrote it or as a client sends it.
    pub fn from_json(json: &str) -> Result<Self> {
        let raw = serde_json::from_str(json).map_err(|_| JwsError::malformed("JWK"))?;
        Self::from_raw(&raw)
    }

    pub(super) fn from_raw(raw: &RawJwk) -> Result<Self> {
        if raw.d.is_some() || raw.k.is_some() {
            return Err(JwsError::BadKey {
                what: "it is a private key",
            });
        }
        match raw.kty.as_str() {
            "EC" => {
                let curve = raw.crv.as_deref().unwrap_or_default();
                let found = Algorithm::ALL.into_iter().find_map(|algorithm| {
                    let (name, size) = algorithm.curve()?;
                    (name == curve).then_some((algorithm, size))
                });
                let (algorithm, size) = found.ok_or(JwsError::BadKey {
                    what: "unknown curve",
                })?;
                let x = coordinate(raw.x.as_deref(), size)?;
                let y = coordinate(raw.y.as_deref(), size)?;
                Self::checked(algorithm, Kind::Ec { x, y })
            }
            "RSA" => {
                let n = integer(raw.n.as_deref())?;
                let e = integer(raw.e.as_deref())?;
                Self::checked(Algorithm::Rs256, Kind::Rsa { n, e })
            }
            _ => Err(JwsError::BadKey {
                what: "neither EC nor RSA",
            }),
        }
    }

    /// From a key of ours: P-256, P-384 or RSA.
    pub fn from_public_key(key: &PublicKey) -> Result<Self> {
        const WHAT: &str = "public key";
        let malformed = |_| JwsError::malformed(WHAT);
        let mut spki = Reader::der(key.spki_der())
            .sequence(WHAT)
            .map_err(malformed)?;
        spki.sequence(WHAT).map_err(malformed)?;
        let bits = spki.bit_string(WHAT).map_err(malformed)?;
        let algorithm = match key.kind() {
            KeyKind::P256 => Algorithm::Es256,
            KeyKind::P384 => Algorithm::Es384,
            KeyKind::Rsa { .. } => {
                let mut numbers = Reader::der(bits).sequence(WHAT).map_err(malformed)?;
                let n = trimmed(numbers.integer(WHAT).map_err(malformed)?);
                let e = trimmed(numbers.integer(WHAT).map_err(malformed)?);
                return Self::checked(Algorithm::Rs256, Kind::Rsa { n, e });
            }
            KeyKind::Other => {
                return Err(JwsError::BadKey {
                    what: "neither EC nor RSA",
                });
            }
        };
        let point = bits.strip_prefix(&[4]).ok_or(JwsError::malformed(WHAT))?;
        let (x, y) = point
            .split_at_checked(point.len() / 2)
            .ok_or(JwsError::malformed(WHAT))?;
        let (x, y) = (x.to_vec(), y.to_vec());
        Self::checked(algorithm, Kind::Ec { x, y })
    }

    fn checked(algorithm: Algorithm, kind: Kind) -> Result<Self> {
        let is_small = matches!(&kind, Kind::Rsa { n, .. } if !RSA_BYTES.contains(&n.len()));
        if is_small {
            return Err(JwsError::BadKey {
                what: "RSA outside 2048 to 8192 bits",
            });
        }
        let jwk = Self { algorithm, kind };
        // The crypto library refuses points off the curve.
        ParsedPublicKey::new(algorithm.verification(), jwk.encoded())
            .map(|_| jwk)
            .map_err(|_| JwsError::BadKey {
                what: "not a point of its curve, or no RSA key",
            })
    }

    /// The algorithm that this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The required members in the order of the thumbprint. RFC 7638 §3.2.
    pub fn canonical_json(&self) -> String {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match &self.kind {
            Kind::Ec { x, y } => {
                let (curve, _) = self.algorithm.curve().unwrap_or_default();
                let (x, y) = (text(x), text(y));
                format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#)
            }
            Kind::Rsa { n, e } => {
                let (n, e) = (text(n), text(e));
                format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
            }
        }
    }

    /// SHA-256 of the canonical form in base64url: the name of the key. RFC 7638.
    pub fn thumbprint(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hash::sha256(self.canonical_json().as_bytes()))
    }

    /// Uncompressed point, or PKCS#1 public key.
    fn encoded(&self) -> Vec<u8> {
        match &self.kind {
            Kind::Ec { x, y } => [&[4][..], x, y].concat(),
            Kind::Rsa { n, e } => writer::sequence(&[&writer::unsigned(n), &writer::unsigned(e)]),
        }
    }

    /// Verifies a signature in the form of RFC 7518 §3.4, also with leading zeros left out.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let key = UnparsedPublicKey::new(self.algorithm.verification(), self.encoded());
        let candidates = match self.algorithm.curve() {
            None => vec![signature.to_vec()],
            Some((_, size)) => padded(signature, size),
        };
        candidates
            .iter()
            .find_map(|candidate| key.verify(message, candidate).ok())
            .ok_or(JwsError::BadSignature)
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwk")
            .field("algorithm", &self.algorithm)
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

/// The signature in full length in every way in which zeros may have been dropped. Apple's client
/// leaves out a leading zero byte of R, of S, or of both: about one request in 128.
fn padded(signature: &[u8], size: usize) -> Vec<Vec<u8>> {
    let dropped = (size * 2).saturating_sub(signature.len());
    if signature.len() > size * 2 || dropped > MAX_DROPPED {
        return Vec::new();
    }
    let mut ways: Vec<usize> = (0..=dropped).collect();
    // Two bytes are far more often one of each than both of one.
    ways.sort_by_key(|of_r| of_r.abs_diff(dropped - of_r));
    ways.iter()
        .filter_map(|of_r| {
            let (r, s) = signature.split_at_checked(size.checked_sub(*of_r)?)?;
            Some([&vec![0; *of_r], r, &vec![0; dropped - of_r], s].concat())
        })
        .collect()
}

fn decode(text: Option<&str>) -> Result<Vec<u8>> {
    let text = text.ok_or(JwsError::malformed("JWK"))?;
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| JwsError::malformed("JWK"))
}

/// A coordinate has the full length of its curve (RFC 7518 §6.2.1.2); a dropped zero is put back.
fn coordinate(text: Option<&str>, size: usize) -> Result<Vec<u8>> {
    let bytes = decode(text)?;
    let dropped = size.checked_sub(bytes.len());
    match dropped {
        Some(dropped @ 0..=MAX_DROPPED) => Ok([vec![0; dropped], bytes].concat()),
        _ => Err(JwsError::BadKey {
            what: "a coordinate of the wrong length",
        }),
    }
}

fn integer(text: Option<&str>) -> Result<Vec<u8>> {
    let bytes = trimmed(&decode(text)?);
    if bytes.is_empty() || bytes.len() > *RSA_BYTES.end() {
        return Err(JwsError::BadKey {
            what: "an RSA number of the wrong length",
        });
    }
    Ok(bytes)
}

fn trimmed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().skip_while(|b| *b == 0).collect()
}
