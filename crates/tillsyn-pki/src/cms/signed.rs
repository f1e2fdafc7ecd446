use super::parts::SignedParts;
use crate::asn1::Reader;
use crate::ber;
use crate::cert::Certificate;
use crate::error::{Error, Result};
use crate::key::Digest;

/// Bounds for a signed message.
#[derive(Debug, Clone, Copy)]
pub struct SignedLimits {
    pub max_len: usize,
    pub max_certificates: usize,
    pub max_signers: usize,
}

impl Default for SignedLimits {
    fn default() -> Self {
        Self {
            max_len: 2 << 20,
            max_certificates: 16,
            max_signers: 4,
        }
    }
}

/// What a verifier accepts beyond the mathematics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Old devices sign with SHA-1.
    pub allow_sha1: bool,
    /// Now and the distance from it that a signing time, when present, may have; both in
    /// milliseconds. `None` ignores signing times.
    pub signing_time: Option<(i64, i64)>,
}

/// A SignedData message in DER, not verified.
#[derive(Debug, Clone)]
pub struct Signed {
    der: Vec<u8>,
    limits: SignedLimits,
}

/// What a verified message says.
#[derive(Debug, Clone)]
pub struct Verified {
    pub signer: Certificate,
    /// The embedded content, if there is any.
    pub content: Option<Vec<u8>>,
    pub digest_alg: Digest,
}

/// Reads a SignedData message in BER or DER.
pub fn parse_signed(bytes: &[u8], limits: SignedLimits) -> Result<Signed> {
    let ber_limits = ber::Limits {
        max_len: limits.max_len,
        ..ber::Limits::default()
    };
    let signed = Signed {
        der: ber::to_der(bytes, ber_limits)?,
        limits,
    };
    signed.parts()?;
    Ok(signed)
}

impl Signed {
    /// Verifies the only signer's signature over the body, or over the embedded content when no
    /// body is given. If both are there they must be equal. Whether the signer's certificate is
    /// trusted is for the caller to find out.
    pub fn verify(&self, detached_body: Option<&[u8]>, policy: Policy) -> Result<Verified> {
        let parts = self.parts()?;
        let signer = parts.single_signer()?;
        let body = match (detached_body, &parts.content) {
            (Some(body), Some(content)) if *body != **content => return Err(Error::ContentDiffers),
            (Some(body), _) => body,
            (None, Some(content)) => content,
            (None, None) => return Err(Error::ContentMissing),
        };
        let certificate = Certificate::from_der(signer.find_certificate(&parts.certificates)?)?;
        let digest_alg =
            signer.verify(certificate.public_key(), &parts.content_type, body, policy)?;
        Ok(Verified {
            signer: certificate,
            content: parts.content.as_deref().map(<[u8]>::to_vec),
            digest_alg,
        })
    }

    /// All certificates of the message in the order in which they were sent. Nothing vouches
    /// for them.
    pub fn certificates(&self) -> Result<Vec<Certificate>> {
        self.parts()?
            .certificates
            .into_iter()
            .map(Certificate::from_der)
            .collect()
    }

    pub(crate) fn parts(&self) -> Result<SignedParts<'_>> {
        let limits = self.limits;
        SignedParts::read(
            Reader::der(&self.der),
            limits.max_certificates,
            limits.max_signers,
        )
    }
}
