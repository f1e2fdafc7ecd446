use super::message::MessageType;
use crate::asn1::{INTEGER, Reader, SEQUENCE};
use crate::cert;
use crate::error::{Error, Result};
use crate::hash;

const WHAT: &str = "SCEP query";

/// What a request that asks for no new certificate is about. Names are for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// What became of a request. RFC 8894 §3.3.3.
    CertPoll { issuer: String, subject: String },
    /// A certificate. RFC 8894 §3.3.4.
    GetCert { issuer: String, serial_hex: String },
    /// The revocation list with this certificate. RFC 8894 §3.3.4.
    GetCrl { issuer: String, serial_hex: String },
}

impl Query {
    /// Reads the decrypted content: IssuerAndSubject or IssuerAndSerialNumber.
    pub(super) fn read(kind: MessageType, plain: &[u8]) -> Result<Self> {
        let mut outer = Reader::der(plain);
        let mut pair = outer.sequence(WHAT)?;
        outer.finish(WHAT)?;
        let issuer = cert::text(pair.read(SEQUENCE, WHAT)?.full);
        let query = match kind {
            MessageType::CertPoll => Self::CertPoll {
                issuer,
                subject: cert::text(pair.read(SEQUENCE, WHAT)?.full),
            },
            MessageType::GetCert | MessageType::GetCrl => {
                let serial = pair.read(INTEGER, WHAT)?.content;
                let serial_hex = match serial {
                    [0, rest @ ..] if !rest.is_empty() => hash::hex(rest),
                    serial => hash::hex(serial),
                };
                if kind == MessageType::GetCert {
                    Self::GetCert { issuer, serial_hex }
                } else {
                    Self::GetCrl { issuer, serial_hex }
                }
            }
            _ => return Err(Error::unsupported("SCEP messageType")),
        };
        pair.finish(WHAT)?;
        Ok(query)
    }
}
