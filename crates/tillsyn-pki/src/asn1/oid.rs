use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, Result};

/// An object identifier, kept as its encoded content.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid(Cow<'static, [u8]>);

impl Oid {
    /// From the content octets of the encoding.
    pub const fn from_encoded(content: &'static [u8]) -> Self {
        Self(Cow::Borrowed(content))
    }

    pub(crate) fn from_content(content: &[u8]) -> Self {
        Self(Cow::Owned(content.to_vec()))
    }

    pub(crate) fn content(&self) -> &[u8] {
        &self.0
    }

    /// From `1.2.840.113549.1.9.7`.
    pub fn from_dotted(dotted: &str) -> Result<Self> {
        let malformed = Error::malformed("object identifier");
        let mut arcs = Vec::new();
        for arc in dotted.split('.') {
            arcs.push(arc.parse::<u64>().map_err(|_| malformed)?);
        }
        let (Some(&first), Some(&second)) = (arcs.first(), arcs.get(1)) else {
            return Err(malformed);
        };
        if first > 2 || (first < 2 && second > 39) || arcs.len() > 64 {
            return Err(malformed);
        }
        let mut content = Vec::new();
        let joined = (first * 40).checked_add(second).ok_or(malformed)?;
        push_arc(&mut content, joined);
        for arc in arcs.into_iter().skip(2) {
            push_arc(&mut content, arc);
        }
        Ok(Self(Cow::Owned(content)))
    }

    /// From a short attribute name of a configuration profile (`CN`, `O`, …) or a dotted form.
    pub fn from_name(name: &str) -> Result<Self> {
        match SHORT_NAMES
            .iter()
            .find(|(short, _)| short.eq_ignore_ascii_case(name))
        {
            Some((_, oid)) => Ok(oid.clone()),
            None => Self::from_dotted(name),
        }
    }

    pub(crate) fn short_name(&self) -> Option<&'static str> {
        SHORT_NAMES
            .iter()
            .find(|(_, oid)| oid == self)
            .map(|(short, _)| *short)
    }
}

fn push_arc(content: &mut Vec<u8>, arc: u64) {
    let mut shift = 63u32;
    while shift > 0 && arc >> shift == 0 {
        shift -= 7;
    }
    while shift > 0 {
        content.push(0x80 | u8::try_from((arc >> shift) & 0x7f).unwrap_or(0));
        shift -= 7;
    }
    content.push(u8::try_from(arc & 0x7f).unwrap_or(0));
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = 0u128;
        let mut first = true;
        for byte in self.0.iter() {
            value = (value << 7) | u128::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                continue;
            }
            if first {
                let root = (value / 40).min(2);
                write!(f, "{root}.{}", value - root * 40)?;
                first = false;
            } else {
                write!(f, ".{value}")?;
            }
            value = 0;
        }
        Ok(())
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

const fn oid(content: &'static [u8]) -> Oid {
    Oid::from_encoded(content)
}

// Names. RFC 4519, RFC 2985.
pub const COMMON_NAME: Oid = oid(&[0x55, 4, 3]);
pub const SERIAL_NUMBER: Oid = oid(&[0x55, 4, 5]);
pub const COUNTRY: Oid = oid(&[0x55, 4, 6]);
pub const LOCALITY: Oid = oid(&[0x55, 4, 7]);
pub const STATE: Oid = oid(&[0x55, 4, 8]);
pub const ORGANIZATION: Oid = oid(&[0x55, 4, 10]);
pub const ORGANIZATIONAL_UNIT: Oid = oid(&[0x55, 4, 11]);
/// `0.9.2342.19200300.100.1.1`, which carries the topic of a push certificate.
pub const USER_ID: Oid = oid(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1]);
pub(crate) const DOMAIN_COMPONENT: Oid =
    oid(&[0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25]);
pub const EMAIL_ADDRESS: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1]);
/// 1.3.6.1.4.1.311.20.2.3
pub(crate) const PRINCIPAL_NAME: Oid = oid(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x14, 2, 3]);

const SHORT_NAMES: [(&str, Oid); 10] = [
    ("CN", COMMON_NAME),
    ("SERIALNUMBER", SERIAL_NUMBER),
    ("C", COUNTRY),
    ("L", LOCALITY),
    ("ST", STATE),
    ("O", ORGANIZATION),
    ("OU", ORGANIZATIONAL_UNIT),
    ("UID", USER_ID),
    ("DC", DOMAIN_COMPONENT),
    ("E", EMAIL_ADDRESS),
];

// Algorithms. RFC 3279, RFC 4055, RFC 5758, RFC 3565, RFC 3370.
pub(crate) const RSA_ENCRYPTION: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]);
pub(crate) const RSAES_OAEP: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 7]);
pub(crate) const MGF1: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8]);
pub(crate) const SHA1_WITH_RSA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5]);
pub(crate) const SHA256_WITH_RSA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]);
pub(crate) const SHA384_WITH_RSA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12]);
pub(crate) const SHA512_WITH_RSA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13]);
pub(crate) const EC_PUBLIC_KEY: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]);
pub(crate) const CURVE_P256: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
pub(crate) const CURVE_P384: Oid = oid(&[0x2b, 0x81, 0x04, 0, 0x22]);
pub(crate) const ECDSA_SHA1: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1]);
pub(crate) const ECDSA_SHA256: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2]);
pub(crate) const ECDSA_SHA384: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3]);
pub(crate) const ECDSA_SHA512: Oid = oid(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4]);
pub(crate) const SHA1: Oid = oid(&[0x2b, 0x0e, 3, 2, 0x1a]);
pub(crate) const SHA256: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]);
pub(crate) const SHA384: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2]);
pub(crate) const SHA512: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]);
pub(crate) const AES128_CBC: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2]);
pub(crate) const AES192_CBC: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22]);
pub(crate) const AES256_CBC: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42]);
/// Single DES, of the OIW arc.
pub(crate) const DES_CBC: Oid = oid(&[0x2b, 0x0e, 3, 2, 7]);
pub(crate) const DES_EDE3_CBC: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7]);

// CMS. RFC 5652 §14.
pub(crate) const DATA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]);
pub(crate) const SIGNED_DATA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]);
pub(crate) const ENVELOPED_DATA: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3]);
pub(crate) const CONTENT_TYPE: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3]);
pub(crate) const MESSAGE_DIGEST: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4]);
pub(crate) const SIGNING_TIME: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5]);
pub(crate) const CHALLENGE_PASSWORD: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 7]);

// Certificate extensions. RFC 5280 §4.2.
pub(crate) const SUBJECT_KEY_IDENTIFIER: Oid = oid(&[0x55, 0x1d, 14]);
pub(crate) const KEY_USAGE: Oid = oid(&[0x55, 0x1d, 15]);
pub(crate) const SUBJECT_ALT_NAME: Oid = oid(&[0x55, 0x1d, 17]);
pub(crate) const BASIC_CONSTRAINTS: Oid = oid(&[0x55, 0x1d, 19]);
pub(crate) const CRL_NUMBER: Oid = oid(&[0x55, 0x1d, 20]);
pub(crate) const CRL_REASON: Oid = oid(&[0x55, 0x1d, 21]);
pub(crate) const CRL_DISTRIBUTION_POINTS: Oid = oid(&[0x55, 0x1d, 31]);
pub(crate) const AUTHORITY_KEY_IDENTIFIER: Oid = oid(&[0x55, 0x1d, 35]);
pub(crate) const EXTENDED_KEY_USAGE: Oid = oid(&[0x55, 0x1d, 37]);
pub(crate) const EKU_SERVER_AUTH: Oid = oid(&[0x2b, 6, 1, 5, 5, 7, 3, 1]);
pub(crate) const EKU_CLIENT_AUTH: Oid = oid(&[0x2b, 6, 1, 5, 5, 7, 3, 2]);

// Properties in an attestation. Apple: Validating a Managed Device Attestation.
pub(crate) const ATTESTED_SERIAL_NUMBER: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 9, 1]);
pub(crate) const ATTESTED_UDID: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 9, 2]);
pub(crate) const ATTESTED_SOFTWARE_UPDATE_DEVICE_ID: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 9, 4]);
pub(crate) const ATTESTED_OS_VERSION: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 10, 1]);
pub(crate) const ATTESTED_SEP_OS_VERSION: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 10, 2]);
pub(crate) const ATTESTED_LLB_VERSION: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 10, 3]);
pub(crate) const ATTESTED_FRESHNESS: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 11, 1]);
pub(crate) const ATTESTED_SIP: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 13, 1]);
pub(crate) const ATTESTED_SECURE_BOOT: Oid =
    oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 13, 2]);
pub(crate) const ATTESTED_KEXTS: Oid = oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 8, 13, 3]);

// SCEP attributes. RFC 8894 §3.2.1, §3.2.1.4.
pub(crate) const SCEP_MESSAGE_TYPE: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 2]);
pub(crate) const SCEP_PKI_STATUS: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 3]);
pub(crate) const SCEP_FAIL_INFO: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 4]);
pub(crate) const SCEP_SENDER_NONCE: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 5]);
pub(crate) const SCEP_RECIPIENT_NONCE: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 6]);
pub(crate) const SCEP_TRANSACTION_ID: Oid = oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 9, 7]);
pub(crate) const SCEP_FAIL_INFO_TEXT: Oid = oid(&[0x2b, 6, 1, 5, 5, 7, 24, 1]);
