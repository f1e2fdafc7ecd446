use base64::Engine as _;

use super::cbor::Value;
use super::error::{AttestationError, Result};
use crate::cert::Certificate;
use crate::error::Error;
use crate::jws;

const MAX_LEN: usize = 64 << 10;
const MAX_CERTIFICATES: usize = 8;

/// What an attestation object holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// The leaf and its intermediates, not verified.
    Apple { x5c: Vec<Certificate> },
    /// The device answered without attesting: an empty object, no format, or `none`.
    Absent,
}

impl Statement {
    /// The certificates, where there must be an attestation.
    pub fn x5c(&self) -> Result<&[Certificate]> {
        match self {
            Self::Apple { x5c } => Ok(x5c),
            Self::Absent => Err(AttestationError::Absent),
        }
    }
}

/// Reads `attObj` of a challenge response: base64url, with or without padding.
pub fn parse_object_text(text: &str) -> Result<Statement> {
    let malformed = AttestationError::Malformed(Error::malformed("base64url of the attestation"));
    if text.len() > MAX_LEN * 2 {
        return Err(too_large());
    }
    let bytes = jws::BASE64URL.decode(text).map_err(|_| malformed)?;
    parse_object(&bytes)
}

/// Reads a CBOR attestation object. Its `authData` says nothing and is not looked at.
// Which of the absent forms a device sends that does not attest is not documented (Apple schema
// mdm/profiles/com.apple.security.acme.yaml): all of them mean the same here.
pub fn parse_object(bytes: &[u8]) -> Result<Statement> {
    if bytes.len() > MAX_LEN {
        return Err(too_large());
    }
    if bytes.is_empty() {
        return Ok(Statement::Absent);
    }
    let object = Value::read(bytes).map_err(AttestationError::Malformed)?;
    let malformed = AttestationError::Malformed(Error::malformed("attestation object"));
    if !matches!(object, Value::Map(_)) {
        return Err(malformed);
    }
    let statement = object.get("attStmt");
    match object.get("fmt") {
        None | Some(Value::Null) => match statement {
            // A statement without a format is no absence.
            Some(Value::Map(entries)) if !entries.is_empty() => Err(malformed),
            _ => Ok(Statement::Absent),
        },
        Some(Value::Text("none" | "")) => Ok(Statement::Absent),
        Some(Value::Text("apple")) => {
            let Some(Value::Array(items)) = statement.and_then(|s| s.get("x5c")) else {
                return Err(malformed);
            };
            if items.is_empty() {
                return Err(malformed);
            }
            if items.len() > MAX_CERTIFICATES {
                let limit = MAX_CERTIFICATES;
                let what = "number of attestation certificates";
                return Err(AttestationError::Malformed(Error::TooLarge { what, limit }));
            }
            let x5c = items.iter().map(|item| match item {
                Value::Bytes(der) => {
                    Certificate::from_der(der).map_err(AttestationError::Malformed)
                }
                _ => Err(malformed),
            });
            Ok(Statement::Apple {
                x5c: x5c.collect::<Result<_>>()?,
            })
        }
        Some(Value::Text(_)) => Err(AttestationError::UnknownFormat),
        Some(_) => Err(malformed),
    }
}

const fn too_large() -> AttestationError {
    AttestationError::Malformed(Error::TooLarge {
        what: "attestation object",
        limit: MAX_LEN,
    })
}
