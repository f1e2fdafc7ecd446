use super::message::{FailInfo, MessageType, Transaction, nonce_attribute, string_attribute};
use super::request::CsrRequest;
use crate::asn1::{oid, writer};
use crate::cert::Certificate;
use crate::cms::{self, Signing};
use crate::envelope;
use crate::error::Result;
use crate::hash;
use crate::issue::CaIdentity;

/// The answers of a SCEP server; all of them go out with HTTP 200. RFC 8894 §3.3.2.
pub struct CertRep;

impl CertRep {
    /// The issued certificate (first, its chain after it), encrypted to the request's signer with
    /// the cipher that the client used.
    pub fn success(
        request: &CsrRequest,
        issued_chain: &[Certificate],
        ra: &CaIdentity,
    ) -> Result<Vec<u8>> {
        let certificates = cms::certs_only(issued_chain);
        let content = envelope::encrypt(&certificates, request.signer(), request.cipher())?;
        answer(request.transaction(), "0", Vec::new(), Some(&content), ra)
    }

    /// A request that a person has to decide; the client asks again with CertPoll. Never for the
    /// identities of devices, whose enrollment would hang.
    pub fn pending(transaction: &Transaction, ra: &CaIdentity) -> Result<Vec<u8>> {
        answer(transaction, "3", Vec::new(), None, ra)
    }

    /// A refusal; the text is for people and must tell nothing secret.
    pub fn failure(
        transaction: &Transaction,
        info: FailInfo,
        text: Option<&str>,
        ra: &CaIdentity,
    ) -> Result<Vec<u8>> {
        let mut attributes = vec![string_attribute(&oid::SCEP_FAIL_INFO, info.code())];
        if let Some(text) = text {
            attributes.push(cms::attribute(
                &oid::SCEP_FAIL_INFO_TEXT,
                &writer::utf8(text),
            ));
        }
        answer(transaction, "2", attributes, None, ra)
    }
}

fn answer(
    transaction: &Transaction,
    pki_status: &str,
    mut attributes: Vec<Vec<u8>>,
    content: Option<&[u8]>,
    ra: &CaIdentity,
) -> Result<Vec<u8>> {
    attributes.extend([
        string_attribute(&oid::SCEP_MESSAGE_TYPE, MessageType::CertRep.code()),
        string_attribute(&oid::SCEP_PKI_STATUS, pki_status),
        string_attribute(&oid::SCEP_TRANSACTION_ID, &transaction.id),
        nonce_attribute(&oid::SCEP_SENDER_NONCE, &hash::random_bytes::<16>()),
    ]);
    if !transaction.sender_nonce.is_empty() {
        attributes.push(nonce_attribute(
            &oid::SCEP_RECIPIENT_NONCE,
            &transaction.sender_nonce,
        ));
    }
    cms::sign(&Signing {
        content,
        signer: &ra.certificate,
        key: &ra.key,
        digest: ra.key.preferred_digest(),
        extra_attributes: attributes,
        certificates: &[&ra.certificate],
    })
}
