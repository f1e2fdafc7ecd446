use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::cert::Certificate;
use crate::error::Error;
use crate::{hash, pem};

/// The longest value that is looked at; escaping makes a certificate at most three times longer.
const MAX_LEN: usize = 32 << 10;

/// Why a header says nothing about the client. The proxy made the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientCertError {
    /// The client showed no certificate, or the proxy did not ask for one.
    #[error("the client certificate header is empty")]
    Empty,
    #[error("the client certificate header is longer than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the client certificate header is neither RFC 9440 nor URL-escaped PEM")]
    UnknownForm,
    #[error("the client certificate header holds {found} certificates where one is needed")]
    NotOne { found: usize },
    #[error("the client certificate header cannot be read: {0}")]
    Malformed(Error),
}

/// Reads the value of the header, in whichever form it comes.
pub fn parse_header(value: &[u8]) -> Result<Certificate, ClientCertError> {
    if value.len() > MAX_LEN {
        return Err(ClientCertError::TooLarge { limit: MAX_LEN });
    }
    let malformed = ClientCertError::Malformed(Error::malformed("client certificate header"));
    let text = std::str::from_utf8(value).map_err(|_| malformed)?;
    let text = text.trim_matches([' ', '\t']);
    if text.is_empty() {
        return Err(ClientCertError::Empty);
    }
    if let Some(after) = text.strip_prefix(':') {
        // RFC 9440 §2.1: one byte sequence of RFC 8941 §3.3.5, without parameters. A chain
        // travels in another header.
        let base64 = after.strip_suffix(':').ok_or(malformed)?;
        let der = pem::LENIENT.decode(base64).map_err(|_| malformed)?;
        return Certificate::from_der(&der).map_err(ClientCertError::Malformed);
    }
    // nginx leaves hyphens as they are; others escape them too.
    if !text.starts_with("-----BEGIN%20") && !text.to_ascii_uppercase().starts_with("%2D%2D") {
        return Err(ClientCertError::UnknownForm);
    }
    let unescaped = pem::unescape(text).ok_or(malformed)?;
    let unescaped = String::from_utf8(unescaped).map_err(|_| malformed)?;
    let certificates = Certificate::all_from_pem(&unescaped).map_err(ClientCertError::Malformed)?;
    match certificates.as_slice() {
        [certificate] => Ok(certificate.clone()),
        certificates => Err(ClientCertError::NotOne {
            found: certificates.len(),
        }),
    }
}

/// The value that an RFC 9440 proxy sends, for tests and simulated devices behind one.
pub fn to_rfc9440(certificate: &Certificate) -> String {
    format!(":{}:", BASE64_STANDARD.encode(certificate.der()))
}

/// The value that nginx sends, for tests and simulated devices behind it.
pub fn escape_pem(certificate: &Certificate) -> String {
    let mut out = String::new();
    for byte in certificate.to_pem().bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => {
                out.push('%');
                out.push_str(&hash::hex(&[byte]).to_ascii_uppercase());
            }
        }
    }
    out
}
