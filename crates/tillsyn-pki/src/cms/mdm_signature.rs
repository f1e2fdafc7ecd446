use base64::Engine as _;

use super::parts::{Content, SignedParts};
use super::signed::Policy;
use crate::asn1::Reader;
use crate::error::{Error, Result};
use crate::key::{Digest, PublicKey};
use crate::pem;

/// The detached signature of the `Mdm-Signature` header, read in one pass over the BER bytes.
///
/// It names the signer's certificate and leaves the rest to the caller, who keeps the public keys
/// of known certificates by hash: then a request costs one RSA verification and little more.
pub struct MdmSignature<'a> {
    parts: SignedParts<'a>,
    signer_cert_der: &'a [u8],
}

/// More than a request's headers may have in all.
const MAX_LEN: usize = 64 << 10;
const MAX_CERTIFICATES: usize = 16;
const MAX_SIGNERS: usize = 2;

impl<'a> MdmSignature<'a> {
    /// Reads the message in BER or DER and finds the only signer's own certificate.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        if bytes.len() > MAX_LEN {
            return Err(Error::TooLarge {
                what: "Mdm-Signature",
                limit: MAX_LEN,
            });
        }
        let parts = SignedParts::read(Reader::ber(bytes), MAX_CERTIFICATES, MAX_SIGNERS)?;
        let signer_cert_der = parts
            .single_signer()?
            .find_certificate(&parts.certificates)?;
        Ok(Self {
            parts,
            signer_cert_der,
        })
    }

    /// The certificate whose key must have made the signature, as it was sent.
    pub fn signer_cert_der(&self) -> &'a [u8] {
        self.signer_cert_der
    }

    /// Verifies the signature over the raw body with the key of that certificate.
    pub fn verify_with(&self, key: &PublicKey, body: &[u8], policy: Policy) -> Result<Digest> {
        if self
            .parts
            .content
            .as_deref()
            .is_some_and(|content| content != body)
        {
            return Err(Error::ContentDiffers);
        }
        self.parts
            .single_signer()?
            .verify(key, &self.parts.content_type, body, policy)
    }
}

impl MdmSignature<'_> {
    /// Begins the digest of a body that is too large to keep.
    pub fn body_hash(&self) -> Result<BodyHash> {
        let digest = self.parts.single_signer()?.digest()?;
        Ok(BodyHash(aws_lc_rs::digest::Context::new(digest.hashing())))
    }

    /// As [`Self::verify_with`], for a body of which only the digest was kept.
    pub fn verify_hashed(&self, key: &PublicKey, body: BodyHash, policy: Policy) -> Result<Digest> {
        // Embedded content cannot be compared with a body that is gone.
        if self.parts.content.is_some() {
            return Err(Error::ContentDiffers);
        }
        let hashed = body.0.finish();
        let content = Content::Hashed(&hashed);
        self.parts
            .single_signer()?
            .verify_content(key, &self.parts.content_type, content, policy)
    }
}

/// The digest of a body, taken while it streams by.
pub struct BodyHash(aws_lc_rs::digest::Context);

impl BodyHash {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// The bytes of an `Mdm-Signature` header value.
pub fn decode_header(value: &str) -> Result<Vec<u8>> {
    if value.len() > MAX_LEN * 2 {
        return Err(Error::TooLarge {
            what: "Mdm-Signature",
            limit: MAX_LEN * 2,
        });
    }
    pem::LENIENT
        .decode(value.trim())
        .map_err(|_| Error::malformed("Mdm-Signature"))
}
