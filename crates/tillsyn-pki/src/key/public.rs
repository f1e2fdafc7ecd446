use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::signature::{self, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};

use super::{Digest, SignatureAlgorithm};
use crate::asn1::{NULL, Reader, oid};
use crate::error::{Error, Result};
use crate::hash;

/// What kind of key it is, as far as our policies care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    Rsa { bits: usize },
    P256,
    P384,
    Other,
}

/// A public key as a SubjectPublicKeyInfo. Cheap to clone; the parsed form for SHA-256, which
/// almost every signature uses, is made once and kept.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Vec<u8>,
    kind: KeyKind,
    sha256: OnceLock<Option<ParsedPublicKey>>,
}

impl PublicKey {
    /// From a DER SubjectPublicKeyInfo. Keys that we cannot use are of kind `Other`.
    pub fn from_spki_der(spki: &[u8]) -> Result<Self> {
        const WHAT: &str = "public key";
        let mut outer = Reader::der(spki);
        let mut reader = outer.sequence(WHAT)?;
        outer.finish(WHAT)?;
        let mut algorithm = reader.sequence(WHAT)?;
        let bits = reader.bit_string(WHAT)?;
        reader.finish(WHAT)?;
        let key_type = algorithm.oid(WHAT)?;
        let kind = if key_type == oid::RSA_ENCRYPTION {
            // The crypto library looks past other parameters, and one key would have many hashes.
            let parameters = algorithm.read_optional(NULL, WHAT)?;
            if parameters.is_some_and(|p| !p.content.is_empty()) {
                return Err(Error::malformed(WHAT));
            }
            algorithm.finish(WHAT)?;
            let modulus = Reader::der(bits).sequence(WHAT)?.integer(WHAT)?;
            KeyKind::Rsa {
                bits: bit_len(modulus),
            }
        } else if key_type == oid::EC_PUBLIC_KEY {
            match algorithm.oid(WHAT) {
                Ok(curve) if curve == oid::CURVE_P256 => KeyKind::P256,
                Ok(curve) if curve == oid::CURVE_P384 => KeyKind::P384,
                _ => KeyKind::Other,
            }
        } else {
            KeyKind::Other
        };
        Ok(Self(Arc::new(Inner {
            spki: spki.to_vec(),
            kind,
            sha256: OnceLock::new(),
        })))
    }

    /// DER SubjectPublicKeyInfo.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// SHA-256 of the SubjectPublicKeyInfo.
    pub fn spki_sha256(&self) -> [u8; 32] {
        hash::sha256(&self.0.spki)
    }

    pub fn kind(&self) -> KeyKind {
        self.0.kind
    }

    /// The subject key identifier that RFC 7093 §2 derives from the key.
    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        self.spki_sha256().into_iter().take(20).collect()
    }

    /// Verifies an RSA PKCS#1 v1.5 or ECDSA (DER) signature over a message.
    pub fn verify(&self, digest: Digest, message: &[u8], signature: &[u8]) -> Result<()> {
        let algorithm = self.verification(digest)?;
        if digest == Digest::Sha256 {
            let key = self
                .0
                .sha256
                .get_or_init(|| ParsedPublicKey::new(algorithm, &self.0.spki).ok());
            let key = key.as_ref().ok_or(Error::malformed("public key"))?;
            return key
                .verify_sig(message, signature)
                .map_err(|_| Error::BadSignature);
        }
        UnparsedPublicKey::new(algorithm, &self.0.spki)
            .verify(message, signature)
            .map_err(|_| Error::BadSignature)
    }

    /// Verifies with the digest that the algorithm names, or else with `default`.
    pub(crate) fn verify_as(
        &self,
        algorithm: SignatureAlgorithm,
        default: Digest,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let is_rsa = matches!(self.0.kind, KeyKind::Rsa { .. });
        if is_rsa != algorithm.is_rsa {
            return Err(Error::BadSignature);
        }
        self.verify(algorithm.digest.unwrap_or(default), message, signature)
    }

    /// The same for a message whose digest was taken while it streamed by.
    pub(crate) fn verify_hashed_as(
        &self,
        algorithm: SignatureAlgorithm,
        default: Digest,
        hashed: &aws_lc_rs::digest::Digest,
        signature: &[u8],
    ) -> Result<()> {
        let is_rsa = matches!(self.0.kind, KeyKind::Rsa { .. });
        if is_rsa != algorithm.is_rsa {
            return Err(Error::BadSignature);
        }
        let algorithm = self.verification(algorithm.digest.unwrap_or(default))?;
        UnparsedPublicKey::new(algorithm, &self.0.spki)
            .verify_digest(hashed, signature)
            .map_err(|_| Error::BadSignature)
    }

    fn verification(&self, digest: Digest) -> Result<&'static dyn VerificationAlgorithm> {
        let algorithm: &'static dyn VerificationAlgorithm = match (self.0.kind, digest) {
            (KeyKind::Rsa { bits }, _) if bits < 2048 => {
                return Err(Error::WeakKey {
                    what: "RSA key of less than 2048 bits",
                });
            }
            (KeyKind::Rsa { .. }, Digest::Sha1) => {
                &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY
            }
            (KeyKind::Rsa { .. }, Digest::Sha256) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (KeyKind::Rsa { .. }, Digest::Sha384) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (KeyKind::Rsa { .. }, Digest::Sha512) => &signature::RSA_PKCS1_2048_8192_SHA512,
            (KeyKind::P256, Digest::Sha1) => &signature::ECDSA_P256_SHA1_ASN1,
            (KeyKind::P256, Digest::Sha256) => &signature::ECDSA_P256_SHA256_ASN1,
            (KeyKind::P256, Digest::Sha384) => &signature::ECDSA_P256_SHA384_ASN1,
            (KeyKind::P256, Digest::Sha512) => &signature::ECDSA_P256_SHA512_ASN1,
            (KeyKind::P384, Digest::Sha256) => &signature::ECDSA_P384_SHA256_ASN1,
            (KeyKind::P384, Digest::Sha384) => &signature::ECDSA_P384_SHA384_ASN1,
            (KeyKind::P384, Digest::Sha512) => &signature::ECDSA_P384_SHA512_ASN1,
            (KeyKind::P384, Digest::Sha1) | (KeyKind::Other, _) => {
                return Err(Error::unsupported("public key algorithm"));
            }
        };
        Ok(algorithm)
    }

    /// What we accept from clients: RSA of 2048 to 8192 bits, P-256 or P-384.
    pub fn check_policy(&self) -> Result<()> {
        match self.0.kind {
            KeyKind::Rsa { bits: 2048..=8192 } | KeyKind::P256 | KeyKind::P384 => {
                // The crypto library also refuses points off the curve and odd exponents.
                let algorithm = self.verification(Digest::Sha256)?;
                ParsedPublicKey::new(algorithm, &self.0.spki)
                    .map(drop)
                    .map_err(|_| Error::malformed("public key"))
            }
            KeyKind::Rsa { .. } => Err(Error::WeakKey {
                what: "RSA size outside 2048 to 8192 bits",
            }),
            KeyKind::Other => Err(Error::WeakKey {
                what: "neither RSA nor P-256 nor P-384",
            }),
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kind", &self.0.kind)
            .finish_non_exhaustive()
    }
}

/// Bits of a non-negative integer.
fn bit_len(integer: &[u8]) -> usize {
    let mut digits = integer.iter().skip_while(|b| **b == 0);
    match digits.next() {
        None => 0,
        Some(first) => {
            let top = usize::try_from(8 - first.leading_zeros()).unwrap_or(8);
            digits.count().saturating_mul(8).saturating_add(top)
        }
    }
}
