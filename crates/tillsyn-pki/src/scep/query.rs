use base64::Engine as _;

use crate::cert::Certificate;
use crate::cms;
use crate::error::{Error, Result};
use crate::pem;

/// Base64 of the largest message that `PkiRequest` reads.
const MAX_QUERY: usize = 512 << 10;

/// The answer to `GetCACaps`, one capability a line. `legacy` adds what old clients need.
// RFC 8894 §3.5.2.
pub fn ca_caps(legacy: bool) -> String {
    let mut caps = vec![
        "AES",
        "POSTPKIOperation",
        "Renewal",
        "SCEPStandard",
        "SHA-256",
        "SHA-512",
    ];
    if legacy {
        caps.extend(["SHA-1", "DES3"]);
    }
    let mut text = caps.join("\n");
    text.push('\n');
    text
}

/// Content type and body of the answer to `GetCACert`. The registration authority comes first,
/// because some clients encrypt to the first certificate.
pub fn get_ca_cert(ra: &Certificate, ca: &Certificate) -> (&'static str, Vec<u8>) {
    if ra == ca {
        ("application/x-x509-ca-cert", ca.der().to_vec())
    } else {
        (
            "application/x-x509-ca-ra-cert",
            cms::certs_only(&[ra.clone(), ca.clone()]),
        )
    }
}

/// The message of a `PKIOperation` sent by GET, from the query as it was sent.
///
/// macOS leaves `+` and `/` unescaped, which a form parser would turn into spaces: so plus stays
/// plus here, and a space counts as one.
pub fn decode_get_message(raw_query: &str) -> Result<Vec<u8>> {
    let malformed = Error::malformed("SCEP GET message");
    if raw_query.len() > MAX_QUERY {
        return Err(Error::TooLarge {
            what: "SCEP GET message",
            limit: MAX_QUERY,
        });
    }
    let parameter = raw_query.split('&').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.eq_ignore_ascii_case("message").then_some(value)
    });
    let unescaped = pem::unescape(parameter.ok_or(malformed)?).ok_or(malformed)?;
    let base64: Vec<u8> = unescaped
        .into_iter()
        .filter(|b| !matches!(b, b'\r' | b'\n' | b'\t'))
        .map(|b| match b {
            b' ' | b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    pem::LENIENT.decode(base64).map_err(|_| malformed)
}
