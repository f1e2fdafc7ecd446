use std::collections::BTreeMap;

use crate::asn1::{ENUMERATED, Oid, SEQUENCE, context, context_constructed, oid, time, writer};
use crate::error::{Error, Result};
use crate::issue::CaIdentity;
use crate::pem;

/// Why a certificate was revoked. RFC 5280 §5.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    PrivilegeWithdrawn,
}

impl Reason {
    const ALL: [Self; 8] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::CertificateHold,
        Self::PrivilegeWithdrawn,
    ];

    pub const fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::CertificateHold => 6,
            Self::PrivilegeWithdrawn => 9,
        }
    }

    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// One revoked certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// As `Certificate::serial_hex` writes it, in bytes.
    pub serial: Vec<u8>,
    pub revoked_at_ms: i64,
    pub reason: Reason,
}

/// Everything about a list except its issuer.
#[derive(Debug, Clone)]
pub struct CrlRequest<'a> {
    /// Must grow with every list.
    pub number: u64,
    pub this_update_ms: i64,
    pub next_update_ms: i64,
    pub revoked: &'a [Revoked],
}

/// A signed list in DER. Entries are written in the order of their serial numbers, each once with
/// its first time of revocation.
pub fn build(ca: &CaIdentity, request: &CrlRequest<'_>) -> Result<Vec<u8>> {
    if request.next_update_ms <= request.this_update_ms {
        return Err(Error::Expired);
    }
    let mut entries: BTreeMap<&[u8], &Revoked> = BTreeMap::new();
    for revoked in request.revoked {
        let start = revoked.serial.iter().position(|b| *b != 0);
        let serial = start.and_then(|start| revoked.serial.get(start..));
        let serial = serial.ok_or(Error::malformed("serial number"))?;
        let kept = entries.entry(serial).or_insert(revoked);
        if revoked.revoked_at_ms < kept.revoked_at_ms {
            *kept = revoked;
        }
    }
    let mut list = Vec::new();
    for (serial, revoked) in entries {
        list.extend(writer::sequence(&[
            &writer::unsigned(serial),
            &time::encode(revoked.revoked_at_ms),
            &entry_extensions(revoked.reason),
        ]));
    }
    // RFC 5280 §5.1.2.6: absent when there are none.
    let list = if list.is_empty() {
        list
    } else {
        writer::tlv(SEQUENCE, &list)
    };
    let algorithm = ca.key.signature_algorithm();
    let tbs = writer::sequence(&[
        &writer::small(1),
        &algorithm,
        ca.certificate.subject(),
        &time::encode(request.this_update_ms),
        &time::encode(request.next_update_ms),
        &list,
        &writer::tlv(context_constructed(0), &list_extensions(ca, request.number)),
    ]);
    let signature = ca.key.sign(ca.key.preferred_digest(), &tbs)?;
    Ok(writer::sequence(&[
        &tbs,
        &algorithm,
        &writer::bits(&signature),
    ]))
}

/// PEM form of a DER list.
pub fn to_pem(der: &[u8]) -> String {
    pem::encode("X509 CRL", der)
}

fn entry_extensions(reason: Reason) -> Vec<u8> {
    // RFC 5280 §5.3.1: absent rather than unspecified.
    if reason == Reason::Unspecified {
        return Vec::new();
    }
    let code = writer::tlv(ENUMERATED, &[reason.code()]);
    writer::sequence(&[&extension(&oid::CRL_REASON, &code)])
}

fn list_extensions(ca: &CaIdentity, number: u64) -> Vec<u8> {
    let authority = match ca.certificate.subject_key_identifier() {
        Some(identifier) => identifier.to_vec(),
        None => ca.key.public_key().key_identifier(),
    };
    let authority = writer::sequence(&[&writer::tlv(context(0), &authority)]);
    let number = writer::unsigned(&number.to_be_bytes());
    writer::sequence(&[
        &extension(&oid::AUTHORITY_KEY_IDENTIFIER, &authority),
        &extension(&oid::CRL_NUMBER, &number),
    ])
}

fn extension(kind: &Oid, value: &[u8]) -> Vec<u8> {
    writer::sequence(&[&writer::oid(kind), &writer::octets(value)])
}
