//! The client's side, for simulated devices and tests. It trusts nothing that the server says
//! about itself beyond the certificates that it was given.

use super::message::{
    FailInfo, MessageType, Transaction, nonce, nonce_attribute, string, string_attribute,
};
use crate::asn1::oid;
use crate::cert::{Certificate, usage};
use crate::cms::{self, Policy, SignedLimits, Signing};
use crate::csr::Csr;
use crate::envelope::{self, ContentCipher};
use crate::error::{Error, Result};
use crate::hash;
use crate::issue;
use crate::key::{Digest, KeyPair};

/// The certificates of a `GetCACert` answer.
#[derive(Debug, Clone)]
pub struct CaCertificates {
    /// To whom requests are encrypted, and who signs the answers.
    pub recipient: Certificate,
    /// All of them in the order of the answer.
    pub all: Vec<Certificate>,
}

/// Reads the body of a `GetCACert` answer: one certificate, or a certs-only message.
pub fn parse_ca_cert(body: &[u8]) -> Result<CaCertificates> {
    let all = match Certificate::from_der(body) {
        Ok(certificate) => vec![certificate],
        Err(_) => cms::parse_signed(body, SignedLimits::default())?.certificates()?,
    };
    let may_receive = |c: &&Certificate| c.may(usage::KEY_ENCIPHERMENT);
    let recipient = all
        .iter()
        .find(|c| may_receive(c) && !c.is_ca())
        .or_else(|| all.iter().find(may_receive))
        .ok_or(Error::Untrusted {
            what: "no SCEP recipient among the CA certificates",
        })?
        .clone();
    Ok(CaCertificates { recipient, all })
}

/// A request on its way: what to send, and what the answer must repeat.
#[derive(Debug, Clone)]
pub struct SentRequest {
    pub der: Vec<u8>,
    pub transaction: Transaction,
}

/// The throw-away certificate that signs a first request: the CSR's subject and key.
/// RFC 8894 §2.3.
pub fn self_signed_for(csr: &Csr, key: &KeyPair, now_ms: i64) -> Result<Certificate> {
    issue::self_signed_as(key, csr.subject(), now_ms, 7)
}

/// A PKCSReq with the CSR (DER) for the CA's recipient certificate.
pub fn build_pkcs_req(
    csr: &[u8],
    signer_key: &KeyPair,
    signer: &Certificate,
    recipient: &Certificate,
    digest: Digest,
    cipher: ContentCipher,
) -> Result<SentRequest> {
    build_request(
        MessageType::PkcsReq,
        csr,
        signer_key,
        signer,
        recipient,
        digest,
        cipher,
    )
}

/// As `build_pkcs_req`, of any message type.
pub fn build_request(
    message_type: MessageType,
    csr: &[u8],
    signer_key: &KeyPair,
    signer: &Certificate,
    recipient: &Certificate,
    digest: Digest,
    cipher: ContentCipher,
) -> Result<SentRequest> {
    let transaction = Transaction {
        message_type,
        // Clients commonly use the hash of the key, so that a retry has the same id.
        id: hash::hex(&signer_key.public_key().spki_sha256()),
        sender_nonce: hash::random_bytes::<16>().to_vec(),
    };
    let content = envelope::encrypt(csr, recipient, cipher)?;
    let der = cms::sign(&Signing {
        content: Some(&content),
        signer,
        key: signer_key,
        digest,
        extra_attributes: vec![
            string_attribute(&oid::SCEP_MESSAGE_TYPE, message_type.code()),
            string_attribute(&oid::SCEP_TRANSACTION_ID, &transaction.id),
            nonce_attribute(&oid::SCEP_SENDER_NONCE, &transaction.sender_nonce),
        ],
        certificates: &[signer],
    })?;
    Ok(SentRequest { der, transaction })
}

/// What the server answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The certificates of the answer in order; the issued one has the CSR's key.
    Issued {
        certificates: Vec<Certificate>,
    },
    Refused {
        info: Option<FailInfo>,
        text: Option<String>,
    },
    Pending,
}

impl Answer {
    /// The certificate for this key among those issued.
    pub fn certificate_for(&self, key: &KeyPair) -> Option<&Certificate> {
        match self {
            Self::Issued { certificates } => certificates
                .iter()
                .find(|c| c.public_key() == key.public_key()),
            _ => None,
        }
    }
}

/// Verifies and opens a CertRep: signed by a certificate of `GetCACert`, for this transaction,
/// encrypted to the signer of the request.
pub fn parse_cert_rep(
    bytes: &[u8],
    sent: &SentRequest,
    signer_key: &KeyPair,
    signer: &Certificate,
    ca: &CaCertificates,
) -> Result<Answer> {
    let signed = cms::parse_signed(bytes, SignedLimits::default())?;
    let parts = signed.parts()?;
    let info = parts.single_signer()?;
    let attributes = info.attributes()?.ok_or(Error::malformed("SCEP message"))?;
    let transaction = Transaction::read(&attributes)?;
    let status = string(&attributes, &oid::SCEP_PKI_STATUS)?;

    let body = parts.content.as_deref().unwrap_or_default();
    // A refusal may name its signer without carrying the certificate.
    let known: Vec<&[u8]> = ca.all.iter().map(Certificate::der).collect();
    let found = info.find_certificate(&parts.certificates);
    let found = found.or_else(|_| info.find_certificate(&known));
    let answered_by = Certificate::from_der(found?)?;
    if !ca.all.contains(&answered_by) {
        return Err(Error::Untrusted {
            what: "answer signed by a stranger",
        });
    }
    let policy = Policy {
        allow_sha1: true,
        signing_time: None,
    };
    info.verify(answered_by.public_key(), &parts.content_type, body, policy)?;

    if transaction.message_type != MessageType::CertRep || transaction.id != sent.transaction.id {
        return Err(Error::malformed("answer to another transaction"));
    }
    if nonce(&attributes, &oid::SCEP_RECIPIENT_NONCE)?.as_deref()
        != Some(sent.transaction.sender_nonce.as_slice())
    {
        return Err(Error::malformed("recipient nonce"));
    }
    match status.as_deref() {
        Some("0") => {
            let (plain, _) = envelope::decrypt(body, signer_key, signer)?;
            let inner = cms::parse_signed(&plain, SignedLimits::default())?;
            Ok(Answer::Issued {
                certificates: inner.certificates()?,
            })
        }
        Some("2") => {
            let info = string(&attributes, &oid::SCEP_FAIL_INFO)?;
            let text = string(&attributes, &oid::SCEP_FAIL_INFO_TEXT)?;
            let info = info.and_then(|code| FailInfo::from_code(&code));
            Ok(Answer::Refused { info, text })
        }
        Some("3") => Ok(Answer::Pending),
        _ => Err(Error::malformed("SCEP pkiStatus")),
    }
}
