use zeroize::Zeroizing;

use super::lookup::Query;
use super::message::{FailInfo, MessageType, Refusal, Transaction};
use crate::cert::Certificate;
use crate::cms::{self, Policy, Signed, SignedLimits};
use crate::csr::Csr;
use crate::envelope::{ContentCipher, Envelope};
use crate::error::{Error, Result};
use crate::issue::CaIdentity;
use crate::key::KeyKind;

/// A PKIMessage as it arrived. Enough is read to answer it; nothing is verified.
#[derive(Debug, Clone)]
pub struct PkiRequest {
    signed: Signed,
    transaction: Transaction,
}

/// A request whose signature holds. Whether its signer means anything is another question: for a
/// first request it is a certificate that the client made itself.
#[derive(Debug, Clone)]
pub struct VerifiedRequest {
    transaction: Transaction,
    signer: Certificate,
    content: Vec<u8>,
}

/// A request for a certificate, decrypted, with a CSR whose own signature and key are good.
#[derive(Debug, Clone)]
pub struct CsrRequest {
    transaction: Transaction,
    signer: Certificate,
    cipher: ContentCipher,
    csr: Csr,
}

/// A CSR in two envelopes is small.
const LIMITS: SignedLimits = SignedLimits {
    max_len: 256 << 10,
    max_certificates: 16,
    max_signers: 2,
};

impl PkiRequest {
    /// Reads the message. An error means that no SCEP answer is possible: HTTP 400.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let signed = cms::parse_signed(bytes, LIMITS)?;
        let attributes = signed.parts()?.single_signer()?.attributes()?;
        let attributes = attributes.ok_or(Error::malformed("SCEP message"))?;
        let transaction = Transaction::read(&attributes)?;
        Ok(Self {
            signed,
            transaction,
        })
    }

    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    pub fn message_type(&self) -> MessageType {
        self.transaction.message_type
    }

    /// Verifies the message's signature. Old clients sign with SHA-1.
    pub fn verify(&self, allow_sha1: bool) -> std::result::Result<VerifiedRequest, Refusal> {
        let policy = Policy {
            allow_sha1,
            signing_time: None,
        };
        let verified = self.signed.verify(None, policy).map_err(|error| {
            let info = match error {
                Error::Unsupported { .. } | Error::WeakKey { .. } => FailInfo::BadAlg,
                Error::ContentMissing => FailInfo::BadRequest,
                _ => FailInfo::BadMessageCheck,
            };
            Refusal::new(info, error)
        })?;
        Ok(VerifiedRequest {
            transaction: self.transaction.clone(),
            signer: verified.signer,
            content: verified.content.unwrap_or_default(),
        })
    }
}

impl VerifiedRequest {
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    pub fn message_type(&self) -> MessageType {
        self.transaction.message_type
    }

    /// The certificate that signed the message: self-made, or the one to be renewed.
    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    /// Decrypts the request with the registration authority's key, reads the CSR in it, and
    /// checks the CSR's signature and key. Single DES is refused.
    pub fn open(&self, ra: &CaIdentity) -> std::result::Result<CsrRequest, Refusal> {
        self.open_with(ra, false)
    }

    /// As `open`; `allow_single_des` is a setting for clients that know no other cipher.
    pub fn open_with(
        &self,
        ra: &CaIdentity,
        allow_single_des: bool,
    ) -> std::result::Result<CsrRequest, Refusal> {
        let refuse = |info, error| Err(Refusal::new(info, error));
        if !self.transaction.message_type.asks_for_certificate() {
            return refuse(FailInfo::BadRequest, Error::unsupported("SCEP messageType"));
        }
        // The answer is encrypted to the signer, which needs key transport.
        if !matches!(self.signer.public_key().kind(), KeyKind::Rsa { .. }) {
            let error = Error::unsupported("SCEP signer key that is not RSA");
            return refuse(FailInfo::BadAlg, error);
        }
        let (plain, cipher) = self.decrypt(ra, allow_single_des)?;
        let csr = match Csr::from_der(&plain) {
            Ok(csr) => csr,
            Err(error @ Error::Unsupported { .. }) => return refuse(FailInfo::BadAlg, error),
            Err(error) => return refuse(FailInfo::BadRequest, error),
        };
        if let Err(error) = csr.check_key_policy() {
            return refuse(FailInfo::BadAlg, error);
        }
        if let Err(error) = csr.verify() {
            return refuse(FailInfo::BadMessageCheck, error);
        }
        Ok(CsrRequest {
            transaction: self.transaction.clone(),
            signer: self.signer.clone(),
            cipher,
            csr,
        })
    }

    /// Decrypts a CertPoll, GetCert or GetCRL and reads what it asks about.
    pub fn open_query(&self, ra: &CaIdentity) -> std::result::Result<Query, Refusal> {
        let refuse = |error| Refusal::new(FailInfo::BadRequest, error);
        let (plain, _) = self.decrypt(ra, false)?;
        Query::read(self.transaction.message_type, &plain).map_err(refuse)
    }

    fn decrypt(
        &self,
        ra: &CaIdentity,
        allow_single_des: bool,
    ) -> std::result::Result<(Zeroizing<Vec<u8>>, ContentCipher), Refusal> {
        Envelope::parse(&self.content)
            .and_then(|envelope| envelope.decrypt(&ra.key, &ra.certificate, allow_single_des))
            .map_err(|error| match error {
                Error::Unsupported { .. } => Refusal::new(FailInfo::BadAlg, error),
                error => Refusal::new(FailInfo::BadRequest, error),
            })
    }
}

impl CsrRequest {
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    pub fn message_type(&self) -> MessageType {
        self.transaction.message_type
    }

    pub fn signer(&self) -> &Certificate {
        &self.signer
    }

    pub fn csr(&self) -> &Csr {
        &self.csr
    }

    /// The cipher that the client used and will therefore understand.
    pub fn cipher(&self) -> ContentCipher {
        self.cipher
    }
}
