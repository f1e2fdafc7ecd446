//! How a device shows who it is where its messages are not signed, and in which form it writes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::Value;
use tillsyn_pki::cert::Certificate;

use crate::{CertificateHeader, PlistForm};

/// Name and value of the header in which a proxy hands the certificate on.
pub(super) fn certificate_header(
    form: CertificateHeader,
    certificate: &Certificate,
) -> (&'static str, String) {
    match form {
        CertificateHeader::Rfc9440 => {
            let value = format!(":{}:", STANDARD.encode(certificate.der()));
            ("client-cert", value)
        }
        CertificateHeader::EscapedPem(name) => (name, escape(&certificate.to_pem())),
    }
}

/// Everything but letters, digits and `-_.~`, as nginx does it.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect()
}

/// The message in the form that this device writes.
pub(super) fn wire_form(xml: Vec<u8>, form: PlistForm) -> Vec<u8> {
    match form {
        PlistForm::Xml => xml,
        PlistForm::Binary => binary(&xml).unwrap_or(xml),
    }
}

fn binary(xml: &[u8]) -> Option<Vec<u8>> {
    let value: Value = plist::from_bytes(xml).ok()?;
    let mut out = Vec::new();
    value.to_writer_binary(&mut out).ok()?;
    Some(out)
}
