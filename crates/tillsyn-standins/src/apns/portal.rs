//! Apple's push certificate portal, as far as a server can tell: it takes the upload file, checks it as
//! strictly as Apple describes it, and answers with a certificate for the request's key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::Value;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::key::{Digest, KeyKind};

use super::identity::Identity;

/// Why the portal takes a file not; in words for the test's reader.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the portal refuses the file: {0}")]
pub struct PortalRefusal(pub &'static str);

fn no<T>(why: &'static str) -> Result<T, PortalRefusal> {
    Err(PortalRefusal(why))
}

/// The certificate in PEM for the request in an upload file.
pub(super) fn answer(
    identity: &Identity,
    upload_file: &str,
    topic: &str,
    now_ms: i64,
    days: u32,
) -> Result<String, PortalRefusal> {
    let csr = check(upload_file)?;
    identity
        .issue_for(csr.public_key(), topic, now_ms, days)
        .map(|certificate| certificate.to_pem())
        .map_err(|_| PortalRefusal("no certificate can be made for this key"))
}

/// Apple, "Setting up push notifications for your device management customers".
fn check(upload_file: &str) -> Result<Csr, PortalRefusal> {
    let Ok(xml) = STANDARD.decode(upload_file) else {
        return no("the file is not Base64");
    };
    if !xml.starts_with(b"<?xml") {
        return no("the file holds no XML property list");
    }
    let Ok(Value::Dictionary(parts)) = plist::from_bytes::<Value>(&xml) else {
        return no("the property list is no dictionary");
    };
    if parts.len() != 3 {
        return no("the property list has not three entries");
    }
    let text = |name: &str| parts.get(name).and_then(Value::as_string);
    let (Some(request), Some(chain), Some(signature)) = (
        text("PushCertRequestCSR"),
        text("PushCertCertificateChain"),
        text("PushCertSignature"),
    ) else {
        return no("an entry is missing, or no string");
    };
    let (Ok(request), Ok(signature)) = (STANDARD.decode(request), STANDARD.decode(signature))
    else {
        return no("request or signature is not Base64");
    };
    let Ok(csr) = Csr::from_der(&request) else {
        return no("the request is no PKCS#10");
    };
    if csr.verify().is_err() {
        return no("the request's own signature does not hold");
    }
    if !matches!(csr.public_key().kind(), KeyKind::Rsa { bits: 2048.. }) {
        return no("the request's key is not RSA with 2048 bits");
    }
    check_chain(chain, &request, &signature)?;
    Ok(csr)
}

fn check_chain(chain: &str, request: &[u8], signature: &[u8]) -> Result<(), PortalRefusal> {
    if chain.lines().any(|line| line.len() > 64) {
        return no("a line of the chain is over 64 characters");
    }
    let Ok(chain) = Certificate::all_from_pem(chain) else {
        return no("the chain is not PEM");
    };
    let Some(vendor) = chain.first().filter(|_| chain.len() >= 2) else {
        return no("the chain is not whole");
    };
    for pair in chain.windows(2) {
        if let [one, issuer] = pair
            && one.verify_issued_by(issuer).is_err()
        {
            return no("the chain is out of order");
        }
    }
    if chain.last().is_none_or(|root| !root.is_self_issued()) {
        return no("the chain has no root");
    }
    if vendor
        .public_key()
        .verify(Digest::Sha256, request, signature)
        .is_err()
    {
        return no("the vendor's signature does not hold");
    }
    Ok(())
}
