use crate::asn1::{Oid, Reader, oid, writer};
use crate::error::{Error, Result};

/// The digests that messages may use. SHA-1 is only read, and only where a caller's policy
/// allows it for old devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Digest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(crate) fn from_oid(oid: &Oid) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha384, Self::Sha512]
            .into_iter()
            .find(|d| d.oid() == *oid)
    }

    pub(crate) const fn oid(self) -> Oid {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
        }
    }

    /// The digest of the bytes.
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        aws_lc_rs::digest::digest(self.hashing(), bytes)
            .as_ref()
            .to_vec()
    }

    pub(crate) fn hashing(self) -> &'static aws_lc_rs::digest::Algorithm {
        use aws_lc_rs::digest;
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    /// AlgorithmIdentifier with absent parameters, as RFC 5754 §2 prefers.
    pub(crate) fn algorithm(self) -> Vec<u8> {
        writer::sequence(&[&writer::oid(&self.oid())])
    }
}

/// What an AlgorithmIdentifier of a signature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SignatureAlgorithm {
    pub(crate) is_rsa: bool,
    /// Absent for plain `rsaEncryption`, where the digest is named beside it.
    pub(crate) digest: Option<Digest>,
}

impl SignatureAlgorithm {
    /// Reads an AlgorithmIdentifier; parameters may be absent or NULL.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        const WHAT: &str = "signature algorithm";
        let mut sequence = reader.sequence(WHAT)?;
        let oid = sequence.oid(WHAT)?;
        let known = [
            (oid::RSA_ENCRYPTION, true, None),
            (oid::SHA1_WITH_RSA, true, Some(Digest::Sha1)),
            (oid::SHA256_WITH_RSA, true, Some(Digest::Sha256)),
            (oid::SHA384_WITH_RSA, true, Some(Digest::Sha384)),
            (oid::SHA512_WITH_RSA, true, Some(Digest::Sha512)),
            (oid::EC_PUBLIC_KEY, false, None),
            (oid::ECDSA_SHA1, false, Some(Digest::Sha1)),
            (oid::ECDSA_SHA256, false, Some(Digest::Sha256)),
            (oid::ECDSA_SHA384, false, Some(Digest::Sha384)),
            (oid::ECDSA_SHA512, false, Some(Digest::Sha512)),
        ];
        let Some((_, is_rsa, digest)) = known.into_iter().find(|(known, _, _)| *known == oid)
        else {
            return Err(Error::unsupported(WHAT));
        };
        Ok(Self { is_rsa, digest })
    }
}
