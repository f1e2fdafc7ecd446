use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384,
    OAEP_SHA512_MGF1SHA512, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey,
    PrivateDecryptingKey,
};
use aws_lc_rs::signature::{
    self, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair as _, RsaEncoding, RsaKeyPair,
};
use zeroize::Zeroizing;

use super::{Digest, KeyKind, PublicKey, legacy_sha1};
use crate::asn1::{OCTET_STRING, Oid, Reader, context_constructed, oid, writer};
use crate::error::{Error, Result};
use crate::pem;

const WHAT: &str = "private key";

/// A private key with its public half: RSA of at least 2048 bits, P-256 or P-384. Cheap to
/// clone, never printed.
#[derive(Clone)]
pub struct KeyPair(Arc<Inner>);

struct Inner {
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
    private: Private,
}

enum Private {
    Rsa {
        signing: RsaKeyPair,
        decrypting: Pkcs1PrivateDecryptingKey,
    },
    Ec(EcdsaKeyPair),
}

impl KeyPair {
    /// A new RSA key. Slow (about 80 ms): keep it off request paths.
    pub fn generate_rsa2048() -> Result<Self> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048)
            .map_err(|_| Error::crypto("RSA key generation"))?;
        let pkcs8: Pkcs8V1Der<'_> = key
            .as_der()
            .map_err(|_| Error::crypto("RSA key encoding"))?;
        Self::from_pkcs8_der(pkcs8.as_ref())
    }

    pub fn generate_p256() -> Result<Self> {
        let key = EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING)
            .map_err(|_| Error::crypto("EC key generation"))?;
        let pkcs8 = key
            .to_pkcs8v1()
            .map_err(|_| Error::crypto("EC key encoding"))?;
        Self::from_pkcs8_der(pkcs8.as_ref())
    }

    /// From an unencrypted PKCS#8 document. RFC 5208.
    pub fn from_pkcs8_der(pkcs8: &[u8]) -> Result<Self> {
        let malformed = Error::malformed(WHAT);
        let mut reader = Reader::der(pkcs8).sequence(WHAT)?;
        reader.integer(WHAT)?;
        let mut algorithm = reader.sequence(WHAT)?;
        let key_type = algorithm.oid(WHAT)?;
        let (private, spki) = if key_type == oid::RSA_ENCRYPTION {
            let mut key = Reader::der(reader.read(OCTET_STRING, WHAT)?.content).sequence(WHAT)?;
            key.integer(WHAT)?;
            let modulus = key.integer(WHAT)?;
            if modulus.len() < 256 {
                return Err(Error::WeakKey {
                    what: "RSA key of less than 2048 bits",
                });
            }
            let signing = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| malformed)?;
            let decrypting = PrivateDecryptingKey::from_pkcs8(pkcs8)
                .ok()
                .and_then(|key| Pkcs1PrivateDecryptingKey::new(key).ok())
                .ok_or(malformed)?;
            let spki = signing.public_key().as_der().map_err(|_| malformed)?;
            (
                Private::Rsa {
                    signing,
                    decrypting,
                },
                spki,
            )
        } else if key_type == oid::EC_PUBLIC_KEY {
            let signing_algorithm: &'static EcdsaSigningAlgorithm = match algorithm.oid(WHAT)? {
                curve if curve == oid::CURVE_P256 => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
                curve if curve == oid::CURVE_P384 => &signature::ECDSA_P384_SHA384_ASN1_SIGNING,
                _ => return Err(Error::unsupported("elliptic curve")),
            };
            let key = EcdsaKeyPair::from_pkcs8(signing_algorithm, pkcs8).map_err(|_| malformed)?;
            let spki = key.public_key().as_der().map_err(|_| malformed)?;
            (Private::Ec(key), spki)
        } else {
            return Err(Error::unsupported("private key algorithm"));
        };
        let public = PublicKey::from_spki_der(spki.as_ref())?;
        Ok(Self(Arc::new(Inner {
            pkcs8: Zeroizing::new(pkcs8.to_vec()),
            public,
            private,
        })))
    }

    /// The first private key of a PEM text: PKCS#8, PKCS#1 or SEC 1, not encrypted.
    pub fn from_pem(text: &str) -> Result<Self> {
        for block in pem::decode_all(text)? {
            let der = Zeroizing::new(block.der);
            return match block.label {
                "PRIVATE KEY" => Self::from_pkcs8_der(&der),
                "RSA PRIVATE KEY" => {
                    let algorithm = [writer::oid(&oid::RSA_ENCRYPTION), writer::null()].concat();
                    Self::from_pkcs8_der(&wrap_pkcs8(&algorithm, &der))
                }
                "EC PRIVATE KEY" => {
                    let curve = sec1_curve(&der)?;
                    let algorithm =
                        [writer::oid(&oid::EC_PUBLIC_KEY), writer::oid(&curve)].concat();
                    Self::from_pkcs8_der(&wrap_pkcs8(&algorithm, &der))
                }
                "ENCRYPTED PRIVATE KEY" => Err(Error::unsupported("encrypted private key")),
                _ => continue,
            };
        }
        Err(Error::malformed(WHAT))
    }

    /// The key in clear, zeroed when dropped.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.0.pkcs8.clone()
    }

    /// The key in clear, zeroed when dropped.
    pub fn to_pkcs8_pem(&self) -> Zeroizing<String> {
        Zeroizing::new(pem::encode("PRIVATE KEY", &self.0.pkcs8))
    }

    pub fn public_key(&self) -> &PublicKey {
        &self.0.public
    }

    /// The digest that this key signs certificates and messages with.
    pub fn preferred_digest(&self) -> Digest {
        match self.0.public.kind() {
            KeyKind::P384 => Digest::Sha384,
            _ => Digest::Sha256,
        }
    }

    /// RSA PKCS#1 v1.5 or ECDSA (DER) over a message. Elliptic-curve keys sign only with their
    /// preferred digest. SHA-1 is for simulated old devices.
    pub fn sign(&self, digest: Digest, message: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::crypto("signing");
        match &self.0.private {
            Private::Rsa { signing, .. } => {
                let encoding: &'static dyn RsaEncoding = match digest {
                    Digest::Sha1 => return legacy_sha1::sign(&self.0.pkcs8, message),
                    Digest::Sha256 => &signature::RSA_PKCS1_SHA256,
                    Digest::Sha384 => &signature::RSA_PKCS1_SHA384,
                    Digest::Sha512 => &signature::RSA_PKCS1_SHA512,
                };
                let mut out = vec![0; signing.public_modulus_len()];
                signing
                    .sign(encoding, &SystemRandom::new(), message, &mut out)
                    .map_err(failed)?;
                Ok(out)
            }
            Private::Ec(_) if digest != self.preferred_digest() => {
                Err(Error::unsupported("digest for this elliptic-curve key"))
            }
            Private::Ec(key) => {
                let signature = key.sign(&SystemRandom::new(), message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }

    /// AlgorithmIdentifier of what `sign` makes with the preferred digest.
    pub(crate) fn signature_algorithm(&self) -> Vec<u8> {
        match self.0.public.kind() {
            KeyKind::P256 => writer::sequence(&[&writer::oid(&oid::ECDSA_SHA256)]),
            KeyKind::P384 => writer::sequence(&[&writer::oid(&oid::ECDSA_SHA384)]),
            // RFC 4055 §5: the parameters are NULL.
            _ => writer::sequence(&[&writer::oid(&oid::SHA256_WITH_RSA), &writer::null()]),
        }
    }

    /// RSA PKCS#1 v1.5 decryption. The caller hides from the sender whether it worked.
    pub(crate) fn decrypt_pkcs1(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let Private::Rsa { decrypting, .. } = &self.0.private else {
            return None;
        };
        let mut out = Zeroizing::new(vec![0; decrypting.min_output_size()]);
        let len = decrypting.decrypt(ciphertext, &mut out).ok()?.len();
        out.truncate(len);
        Some(out)
    }

    /// RSA OAEP decryption with one digest for both uses and an empty label.
    pub(crate) fn decrypt_oaep(
        &self,
        digest: Digest,
        ciphertext: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        let Private::Rsa { .. } = &self.0.private else {
            return None;
        };
        let algorithm = match digest {
            Digest::Sha1 => &OAEP_SHA1_MGF1SHA1,
            Digest::Sha256 => &OAEP_SHA256_MGF1SHA256,
            Digest::Sha384 => &OAEP_SHA384_MGF1SHA384,
            Digest::Sha512 => &OAEP_SHA512_MGF1SHA512,
        };
        let key = PrivateDecryptingKey::from_pkcs8(&self.0.pkcs8).ok()?;
        let key = OaepPrivateDecryptingKey::new(key).ok()?;
        let mut out = Zeroizing::new(vec![0; key.min_output_size()]);
        let len = key
            .decrypt(algorithm, ciphertext, &mut out, None)
            .ok()?
            .len();
        out.truncate(len);
        Some(out)
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair")
            .field("kind", &self.0.public.kind())
            .finish_non_exhaustive()
    }
}

fn wrap_pkcs8(algorithm: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    let inner = Zeroizing::new(writer::octets(key));
    Zeroizing::new(writer::sequence(&[
        &writer::small(0),
        &writer::sequence(&[algorithm]),
        &inner,
    ]))
}

/// The curve named in an ECPrivateKey. RFC 5915 §3.
fn sec1_curve(der: &[u8]) -> Result<Oid> {
    let mut reader = Reader::der(der).sequence(WHAT)?;
    reader.integer(WHAT)?;
    reader.read(OCTET_STRING, WHAT)?;
    reader
        .read(context_constructed(0), WHAT)?
        .children(WHAT)?
        .oid(WHAT)
}
