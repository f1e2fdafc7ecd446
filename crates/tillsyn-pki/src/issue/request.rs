use std::net::IpAddr;

use crate::asn1::Oid;

const MS_PER_HOUR: i64 = 3_600_000;
const MS_PER_DAY: i64 = 24 * MS_PER_HOUR;

/// A subject alternative name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum San {
    Dns(String),
    Ip(IpAddr),
    Uri(String),
    Email(String),
    /// `user@domain`, by which Windows servers know people (MS-WCCE, szOID_NT_PRINCIPAL_NAME).
    PrincipalName(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUsage {
    DigitalSignature,
    KeyEncipherment,
    KeyCertSign,
    CrlSign,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtendedKeyUsage {
    ClientAuth,
    ServerAuth,
}

/// Everything about a certificate except its issuer and key. `not_before_ms` is taken as it is.
#[derive(Debug, Clone)]
pub struct LeafRequest {
    pub subject: Vec<(Oid, String)>,
    pub sans: Vec<San>,
    pub key_usage: Vec<KeyUsage>,
    pub extended_key_usage: Vec<ExtendedKeyUsage>,
    pub is_ca: bool,
    /// Where the issuer's revocation list is found.
    pub crl_url: Option<String>,
    pub not_before_ms: i64,
    pub not_after_ms: i64,
}

impl LeafRequest {
    /// A certificate valid from an hour ago (device clocks run behind) for `days`.
    pub fn new(subject: Vec<(Oid, String)>, now_ms: i64, days: u32) -> Self {
        Self {
            subject,
            sans: Vec::new(),
            key_usage: vec![KeyUsage::DigitalSignature],
            extended_key_usage: Vec::new(),
            is_ca: false,
            crl_url: None,
            not_before_ms: now_ms.saturating_sub(MS_PER_HOUR),
            not_after_ms: now_ms.saturating_add(i64::from(days).saturating_mul(MS_PER_DAY)),
        }
    }
}
