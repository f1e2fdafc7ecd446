//! Messages in the shape of other clients, built from what the protocol sheet and RFC 8894 say of
//! them and not with the builders of this crate's client: transaction ids as UTF8String or
//! PrintableString, attributes in any order, old digests and ciphers, NULL parameters, BER.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::client::{self, Answer, CaCertificates, SentRequest};
use super::*;
use crate::asn1::{
    Oid, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, context_constructed, oid, writer,
};
use crate::cert::Certificate;
use crate::csr;
use crate::envelope::{self, ContentCipher};
use crate::error::Error;
use crate::issue::{self, DeviceSubject};
use crate::key::{Digest, KeyPair};
use crate::testing::{self, CA, DEVICE, NOW, RA, RSA_A, self_signed};

/// 1.2.840.113549.2.5.
const MD5: Oid = Oid::from_encoded(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5]);

/// How a client builds its message.
struct Shape {
    message_type: &'static str,
    transaction_id: &'static str,
    /// PrintableString or UTF8String.
    string_tag: u8,
    /// The digest that the message names; it is signed with SHA-256 where we cannot make it.
    digest: Oid,
    signed_with: Digest,
    cipher: ContentCipher,
    /// Attributes unsorted, as some clients send and sign them.
    is_sorted: bool,
    nonce_len: usize,
    signer: Certificate,
    key: KeyPair,
}

impl Shape {
    fn modern(name: &str) -> Self {
        Self {
            message_type: "19",
            transaction_id: "0A1B2C3D4E5F",
            string_tag: PRINTABLE_STRING,
            digest: oid::SHA256,
            signed_with: Digest::Sha256,
            cipher: ContentCipher::Aes256Cbc,
            is_sorted: true,
            nonce_len: 16,
            signer: self_signed(&RSA_A, name),
            key: RSA_A.clone(),
        }
    }

    fn build(&self, plain: &[u8]) -> Vec<u8> {
        let content = envelope::encrypt(plain, &RA.certificate, self.cipher).unwrap();
        let string = |value: &str| writer::tlv(self.string_tag, value.as_bytes());
        let attribute = |kind: &Oid, value: &[u8]| {
            writer::sequence(&[&writer::oid(kind), &writer::tlv(SET, value)])
        };
        let mut attributes = vec![
            attribute(&oid::SCEP_TRANSACTION_ID, &string(self.transaction_id)),
            attribute(&oid::SCEP_MESSAGE_TYPE, &string(self.message_type)),
            attribute(&oid::CONTENT_TYPE, &writer::oid(&oid::DATA)),
            attribute(
                &oid::MESSAGE_DIGEST,
                &writer::octets(&self.signed_with.of(&content)),
            ),
        ];
        if self.nonce_len > 0 {
            attributes.push(attribute(
                &oid::SCEP_SENDER_NONCE,
                &writer::octets(&vec![7; self.nonce_len]),
            ));
        }
        if self.is_sorted {
            attributes.sort();
        }
        let attributes = attributes.concat();
        let signature = self
            .key
            .sign(self.signed_with, &writer::tlv(SET, &attributes))
            .unwrap();
        // Older toolkits write the NULL parameters that RFC 5754 would leave out.
        let digest = writer::sequence(&[&writer::oid(&self.digest), &writer::null()]);
        let info = writer::sequence(&[
            &writer::small(1),
            &crate::cms::signer_identifier(&self.signer),
            &digest,
            &writer::tlv(context_constructed(0), &attributes),
            &writer::sequence(&[&writer::oid(&oid::RSA_ENCRYPTION), &writer::null()]),
            &writer::octets(&signature),
        ]);
        let encapsulated = writer::sequence(&[
            &writer::oid(&oid::DATA),
            &writer::tlv(context_constructed(0), &writer::octets(&content)),
        ]);
        let signed = writer::sequence(&[
            &writer::small(1),
            &writer::tlv(SET, &digest),
            &encapsulated,
            &writer::tlv(context_constructed(0), self.signer.der()),
            &writer::tlv(SET, &info),
        ]);
        writer::constructed(
            SEQUENCE,
            &[
                &writer::oid(&oid::SIGNED_DATA),
                &writer::tlv(context_constructed(0), &signed),
            ],
        )
    }

    fn request(&self) -> Vec<u8> {
        let subject = [(oid::COMMON_NAME, "wish".to_owned())];
        self.build(&csr::build(&self.key, &subject, Some("challenge")).unwrap())
    }

    /// The message is understood, and its answer is one that the client can read.
    fn is_served(&self, allow_single_des: bool) {
        let der = self.request();
        let parsed = PkiRequest::parse(&der).unwrap();
        let request = parsed
            .verify(true)
            .and_then(|verified| verified.open_with(&RA, allow_single_des))
            .unwrap();
        assert_eq!(request.transaction().id, self.transaction_id);
        assert_eq!(request.cipher(), self.cipher);
        let subject = DeviceSubject {
            cn: "issued".to_owned(),
            org: "Test".to_owned(),
        };
        let key = request.csr().public_key();
        let issued = issue::issue_device_certificate(&CA, key, &subject, &[], NOW, 30).unwrap();
        let answer = CertRep::success(&request, std::slice::from_ref(&issued), &RA).unwrap();
        if self.cipher != ContentCipher::DesCbc && self.nonce_len > 0 {
            let read = self.read(&answer, der);
            assert_eq!(read.certificate_for(&self.key), Some(&issued));
        }
    }

    fn read(&self, answer: &[u8], der: Vec<u8>) -> Answer {
        let ca = CaCertificates {
            recipient: RA.certificate.clone(),
            all: vec![RA.certificate.clone(), CA.certificate.clone()],
        };
        let transaction = PkiRequest::parse(&der).unwrap().transaction().clone();
        let sent = SentRequest { der, transaction };
        client::parse_cert_rep(answer, &sent, &self.key, &self.signer, &ca).unwrap()
    }

    fn refusal(&self) -> FailInfo {
        let request = PkiRequest::parse(&self.request()).unwrap();
        let refused = request.verify(true).and_then(|verified| verified.open(&RA));
        refused.unwrap_err().info
    }
}

#[test]
fn shape_of_sscep_with_sha1_and_3des_is_served() {
    Shape {
        digest: oid::SHA1,
        signed_with: Digest::Sha1,
        cipher: ContentCipher::DesEde3Cbc,
        transaction_id: "9E107D9D372BB6826BD81D3542A419D6",
        ..Shape::modern("sscep")
    }
    .is_served(false);
}

#[test]
fn shape_of_sscep_with_des_is_served_only_where_it_is_allowed() {
    let shape = Shape {
        digest: oid::SHA1,
        signed_with: Digest::Sha1,
        cipher: ContentCipher::DesCbc,
        ..Shape::modern("sscep")
    };
    assert_eq!(shape.refusal(), FailInfo::BadAlg);
    shape.is_served(true);
}

#[test]
fn shape_of_sscep_with_md5_is_bad_alg() {
    let shape = Shape {
        digest: MD5,
        cipher: ContentCipher::DesEde3Cbc,
        ..Shape::modern("sscep")
    };
    assert_eq!(shape.refusal(), FailInfo::BadAlg);
}

#[test]
fn shape_of_a_go_client_is_served() {
    // Go's marshalling writes text attributes as it finds them and sets in the order of the code.
    Shape {
        transaction_id: "MTIzNDU2Nzg5MGFiY2RlZg==",
        is_sorted: false,
        cipher: ContentCipher::Aes128Cbc,
        ..Shape::modern("go client")
    }
    .is_served(false);
    Shape {
        transaction_id: "go_client@host",
        string_tag: UTF8_STRING,
        is_sorted: false,
        ..Shape::modern("go client")
    }
    .is_served(false);
}

#[test]
fn shape_of_certmonger_renewal_is_served() {
    // RenewalReq signed with the certificate that is to be renewed.
    let shape = Shape {
        message_type: "17",
        transaction_id: "54321098765432109876543210987654321098",
        cipher: ContentCipher::DesEde3Cbc,
        signer: DEVICE.certificate.clone(),
        key: DEVICE.key.clone(),
        ..Shape::modern("certmonger")
    };
    shape.is_served(false);
    let der = shape.request();
    let verified = PkiRequest::parse(&der).unwrap().verify(true).unwrap();
    assert!(verified.message_type().is_renewal());
    assert_eq!(*verified.signer(), DEVICE.certificate);
}

#[test]
fn shape_of_windows_is_served() {
    // Mixed-case hash as id, SHA-1 by policy, triple DES.
    Shape {
        transaction_id: "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
        string_tag: UTF8_STRING,
        digest: oid::SHA1,
        signed_with: Digest::Sha1,
        cipher: ContentCipher::DesEde3Cbc,
        ..Shape::modern("windows")
    }
    .is_served(false);
    // Without a sender nonce there is nothing to repeat, and it is answered all the same.
    Shape {
        nonce_len: 0,
        ..Shape::modern("windows")
    }
    .is_served(false);
}

#[test]
fn polls_and_lookups_are_read_and_refused_in_the_protocol() {
    let names = [RA.certificate.issuer(), DEVICE.certificate.subject()].concat();
    let poll = writer::tlv(SEQUENCE, &names);
    let lookup = crate::cms::signer_identifier(&DEVICE.certificate);
    let issuer = CA.certificate.subject_text();
    let serial_hex = DEVICE.certificate.serial_hex();
    for (message_type, plain, expected) in [
        (
            "20",
            &poll,
            Query::CertPoll {
                issuer: issuer.clone(),
                subject: DEVICE.certificate.subject_text(),
            },
        ),
        (
            "21",
            &lookup,
            Query::GetCert {
                issuer: issuer.clone(),
                serial_hex: serial_hex.clone(),
            },
        ),
        ("22", &lookup, Query::GetCrl { issuer, serial_hex }),
    ] {
        let shape = Shape {
            message_type,
            ..Shape::modern("lookup")
        };
        let der = shape.build(plain);
        let verified = PkiRequest::parse(&der).unwrap().verify(true).unwrap();
        assert!(verified.message_type().is_request());
        assert!(!verified.message_type().asks_for_certificate());
        assert_eq!(verified.open_query(&RA).unwrap(), expected);
        assert_eq!(verified.open(&RA).unwrap_err().info, FailInfo::BadRequest);
        let answer =
            CertRep::failure(verified.transaction(), FailInfo::BadRequest, None, &RA).unwrap();
        let read = shape.read(&answer, der);
        let refused =
            matches!(&read, Answer::Refused { info, .. } if *info == Some(FailInfo::BadRequest));
        assert!(refused, "{read:?}");
        let broken = shape.build(b"neither");
        let verified = PkiRequest::parse(&broken).unwrap().verify(true).unwrap();
        assert_eq!(
            verified.open_query(&RA).unwrap_err().info,
            FailInfo::BadRequest
        );
    }
}

#[test]
fn pending_is_read_by_the_client() {
    let shape = Shape::modern("waiting");
    let der = shape.request();
    let transaction = PkiRequest::parse(&der).unwrap().transaction().clone();
    let answer = CertRep::pending(&transaction, &RA).unwrap();
    assert!(matches!(shape.read(&answer, der), Answer::Pending));
}

#[test]
fn answers_and_unknown_types_are_no_requests() {
    for (code, kind, name) in [
        ("3", MessageType::CertRep, "CertRep"),
        ("99", MessageType::Other, "unknown"),
        ("", MessageType::Other, "unknown"),
    ] {
        let shape = Shape {
            message_type: code,
            ..Shape::modern("odd")
        };
        let request = PkiRequest::parse(&shape.request()).unwrap();
        assert_eq!(request.message_type(), kind);
        assert_eq!(kind.name(), name);
        assert!(!kind.is_request());
        assert_eq!(MessageType::from_name(name), None);
        assert_eq!(shape.refusal(), FailInfo::BadRequest);
    }
    assert_eq!(
        MessageType::from_name("pkcsreq"),
        Some(MessageType::PkcsReq)
    );
    assert_eq!(
        MessageType::from_name("RenewalReq"),
        Some(MessageType::RenewalReq)
    );
}

#[test]
fn message_that_is_cut_off_or_unsigned_gets_no_answer() {
    let der = Shape::modern("cut").request();
    assert!(PkiRequest::parse(&der[..der.len() - 1]).is_err());
    assert!(PkiRequest::parse(&[]).is_err());
    let certificates = crate::cms::certs_only(std::slice::from_ref(&CA.certificate));
    let error = PkiRequest::parse(&certificates).unwrap_err();
    assert_eq!(error, Error::SignerCount { found: 0 });
}

#[test]
fn corpus_is_read_or_refused_as_named() {
    let shape = |message_type| Shape {
        message_type,
        ..Shape::modern("corpus")
    };
    let old = Shape {
        digest: oid::SHA1,
        signed_with: Digest::Sha1,
        cipher: ContentCipher::DesEde3Cbc,
        ..Shape::modern("sscep")
    };
    let request = shape("19").request();
    testing::corpus(
        "scep",
        &[
            ("ok-pkcsreq", request.clone()),
            ("ok-renewal", shape("17").request()),
            ("ok-poll", shape("20").build(b"")),
            ("ok-sscep", old.request()),
            ("bad-cut", request[..request.len() / 2].to_vec()),
            ("bad-long", [&request[..], &[0; 8]].concat()),
            ("bad-empty", Vec::new()),
            ("bad-certificate", CA.certificate.der().to_vec()),
        ],
        |bytes| PkiRequest::parse(bytes).is_ok(),
    );
}
