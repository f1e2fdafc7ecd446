use std::fmt;

use crate::asn1::{Oid, oid, text, writer};
use crate::cms::{self, Attributes};
use crate::error::{Error, Result};

/// What a message asks for or answers. RFC 8894 §3.2.1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageType {
    CertRep,
    RenewalReq,
    /// Of drafts before the RFC; handled as a renewal.
    UpdateReq,
    PkcsReq,
    CertPoll,
    GetCert,
    GetCrl,
    Other,
}

impl MessageType {
    /// In the RFC's own spelling: for settings and logs.
    const NAMES: [(Self, &'static str); 7] = [
        (Self::CertRep, "CertRep"),
        (Self::RenewalReq, "RenewalReq"),
        (Self::UpdateReq, "UpdateReq"),
        (Self::PkcsReq, "PKCSReq"),
        (Self::CertPoll, "CertPoll"),
        (Self::GetCert, "GetCert"),
        (Self::GetCrl, "GetCRL"),
    ];

    /// The name in the RFC.
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(kind, _)| *kind == self);
        named.map_or("unknown", |(_, name)| name)
    }

    /// The request of this name; `None` for anything that a client may not send.
    pub fn from_name(name: &str) -> Option<Self> {
        let named = Self::NAMES
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name));
        named
            .map(|(kind, _)| *kind)
            .filter(|kind| kind.is_request())
    }

    /// Whether a client sends this: not an answer, and known to us.
    pub const fn is_request(self) -> bool {
        !matches!(self, Self::CertRep | Self::Other)
    }

    /// Whether it carries a CSR.
    pub const fn asks_for_certificate(self) -> bool {
        matches!(self, Self::PkcsReq | Self::RenewalReq | Self::UpdateReq)
    }

    /// Whether it names a certificate that the client holds already.
    pub const fn is_renewal(self) -> bool {
        matches!(self, Self::RenewalReq | Self::UpdateReq)
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::CertRep => "3",
            Self::RenewalReq => "17",
            Self::UpdateReq => "18",
            Self::PkcsReq => "19",
            Self::CertPoll => "20",
            Self::GetCert => "21",
            Self::GetCrl => "22",
            Self::Other => "",
        }
    }

    pub(crate) fn from_code(code: &str) -> Self {
        let known = [
            Self::CertRep,
            Self::RenewalReq,
            Self::UpdateReq,
            Self::PkcsReq,
            Self::CertPoll,
            Self::GetCert,
            Self::GetCrl,
        ];
        known
            .into_iter()
            .find(|m| m.code() == code)
            .unwrap_or(Self::Other)
    }
}

/// Why a request failed, in the words of the protocol. RFC 8894 §3.2.1.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailInfo {
    /// An algorithm that we do not know or refuse.
    BadAlg,
    /// A signature or digest does not match.
    BadMessageCheck,
    /// Not permitted or not supported.
    BadRequest,
    /// The signing time is too far away.
    BadTime,
    /// No certificate matches.
    BadCertId,
}

impl FailInfo {
    const ALL: [Self; 5] = [
        Self::BadAlg,
        Self::BadMessageCheck,
        Self::BadRequest,
        Self::BadTime,
        Self::BadCertId,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::BadAlg => "0",
            Self::BadMessageCheck => "1",
            Self::BadRequest => "2",
            Self::BadTime => "3",
            Self::BadCertId => "4",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|info| info.code() == code)
    }
}

/// A request that was understood and refused: what to answer, and why for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    pub info: FailInfo,
    pub error: Error,
}

impl Refusal {
    pub(crate) const fn new(info: FailInfo, error: Error) -> Self {
        Self { info, error }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SCEP request refused ({:?}): {}", self.info, self.error)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// What a client wrote on its request. The id is the client's own choice: never a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    pub message_type: MessageType,
    pub id: String,
    /// Empty when the client sent none.
    pub sender_nonce: Vec<u8>,
}

const MAX_TRANSACTION_ID: usize = 256;
const MAX_NONCE: usize = 64;

impl Transaction {
    pub(crate) fn read(attributes: &Attributes<'_>) -> Result<Self> {
        let message_type = string(attributes, &oid::SCEP_MESSAGE_TYPE)?;
        let message_type = message_type.ok_or(Error::malformed("SCEP messageType"))?;
        let id = string(attributes, &oid::SCEP_TRANSACTION_ID)?;
        let id = id.ok_or(Error::malformed("SCEP transactionID"))?;
        if id.is_empty() || id.chars().any(char::is_control) {
            return Err(Error::malformed("SCEP transactionID"));
        }
        if id.len() > MAX_TRANSACTION_ID {
            return Err(Error::TooLarge {
                what: "SCEP transactionID",
                limit: MAX_TRANSACTION_ID,
            });
        }
        let sender_nonce = nonce(attributes, &oid::SCEP_SENDER_NONCE)?.unwrap_or_default();
        Ok(Self {
            message_type: MessageType::from_code(&message_type),
            id,
            sender_nonce,
        })
    }
}

/// A text attribute: PrintableString by the RFC, UTF8String from some clients.
pub(crate) fn string(attributes: &Attributes<'_>, oid: &Oid) -> Result<Option<String>> {
    match attributes.value(oid)? {
        None => Ok(None),
        Some(value) => text::decode(&value, "SCEP attribute").map(Some),
    }
}

pub(crate) fn nonce(attributes: &Attributes<'_>, oid: &Oid) -> Result<Option<Vec<u8>>> {
    let Some(value) = attributes.value(oid)? else {
        return Ok(None);
    };
    let nonce = value.string_bytes("SCEP nonce")?;
    if nonce.len() > MAX_NONCE {
        return Err(Error::TooLarge {
            what: "SCEP nonce",
            limit: MAX_NONCE,
        });
    }
    Ok(Some(nonce.into_owned()))
}

pub(crate) fn string_attribute(oid: &Oid, value: &str) -> Vec<u8> {
    let value = if text::is_printable(value) {
        writer::printable(value)
    } else {
        writer::utf8(value)
    };
    cms::attribute(oid, &value)
}

pub(crate) fn nonce_attribute(oid: &Oid, value: &[u8]) -> Vec<u8> {
    cms::attribute(oid, &writer::octets(value))
}
