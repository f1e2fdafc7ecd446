//! The file that goes to Apple's push certificate portal: a vendor's signature over our request (core
//! sheet §8, step 2). Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Dictionary, Value};
use tillsyn_apple::plist_guard::{self, Limits};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::{Digest, KeyKind, KeyPair};

use crate::error::Error;

const REQUEST: &str = "PushCertRequestCSR";
const CHAIN: &str = "PushCertCertificateChain";
const SIGNATURE: &str = "PushCertSignature";

/// Certificates of a vendor: its own first, the root last.
const MOST: usize = 6;

/// Reads a vendor's chain and puts it in order: the certificate of `key` first, then each one's issuer up
/// to the root.
pub(super) fn check_chain(
    pem: &str,
    key: &KeyPair,
    now_ms: i64,
) -> Result<Vec<Certificate>, Error> {
    let refuse = |code, detail: &str| Error::invalid("certificate", code, detail);
    let all = Certificate::all_from_pem(pem)
        .ok()
        .filter(|all| !all.is_empty() && all.len() <= MOST)
        .ok_or_else(|| {
            refuse(
                "push_vendor_pem",
                "These are not certificates in PEM form (-----BEGIN CERTIFICATE-----).",
            )
        })?;
    let own = all
        .iter()
        .find(|c| c.spki_sha256() == key.public_key().spki_sha256())
        .ok_or_else(|| {
            Error::invalid(
                "key",
                "push_vendor_key_mismatch",
                "This key belongs to none of these certificates.",
            )
        })?;
    if own.not_after_ms() <= now_ms {
        return Err(refuse(
            "push_vendor_expired",
            "This vendor certificate has expired.",
        ));
    }
    let mut chain = vec![own.clone()];
    while let Some(last) = chain.last().filter(|last| !last.is_self_issued()) {
        let next = all
            .iter()
            .find(|c| last.verify_issued_by(c).is_ok())
            .filter(|_| chain.len() <= all.len());
        match next {
            Some(issuer) => chain.push(issuer.clone()),
            None => {
                return Err(refuse(
                    "push_vendor_chain",
                    "The chain is not whole: add Apple's intermediate certificate and its root to the \
                     vendor certificate.",
                ));
            }
        }
    }
    Ok(chain)
}

/// The file for Apple: Base64 of a property list with three strings.
pub(super) fn sign(
    request_der: &[u8],
    chain: &[Certificate],
    key: &KeyPair,
) -> Result<String, Error> {
    if !matches!(key.public_key().kind(), KeyKind::Rsa { .. }) {
        return Err(Error::invalid(
            "key",
            "push_vendor_key_kind",
            "Apple takes signatures of an RSA key only.",
        ));
    }
    // SHA256WithRSA, PKCS#1 v1.5; Apple refuses SHA-1.
    let signature = key.sign(Digest::Sha256, request_der)?;
    let chain: String = chain.iter().map(Certificate::to_pem).collect();
    let mut dictionary = Dictionary::new();
    for (name, text) in [
        (REQUEST, STANDARD.encode(request_der)),
        (CHAIN, chain),
        (SIGNATURE, STANDARD.encode(signature)),
    ] {
        dictionary.insert(name.to_owned(), Value::String(text));
    }
    let mut xml = Vec::new();
    Value::Dictionary(dictionary)
        .to_writer_xml(&mut xml)
        .map_err(|e| Error::internal("The file for Apple cannot be written.").caused_by(e))?;
    Ok(STANDARD.encode(xml))
}

/// Takes what an outside signer sent back: the same file, in Base64 or as a bare property list. The
/// request in it must be ours, and the signature over it that of the chain's first certificate.
pub(super) fn take_signed(text: &str, request_der: &[u8]) -> Result<String, Error> {
    let refuse = |code, detail: &str| Error::invalid("file", code, detail);
    let malformed = || {
        refuse(
            "push_signed_file",
            "This is not the file that a signer returns: Base64 of a property list with request, \
             certificate chain and signature.",
        )
    };
    let bare = text.trim_start().starts_with("<?xml") || text.trim_start().starts_with("<plist");
    let xml = if bare {
        text.as_bytes().to_vec()
    } else {
        decode(text).ok_or_else(malformed)?
    };
    let value = plist_guard::parse(&xml, Limits::PROFILE).map_err(|_| malformed())?;
    let field = |name: &str| {
        value
            .as_dictionary()
            .and_then(|d| d.get(name))
            .and_then(Value::as_string)
            .ok_or_else(malformed)
    };
    let request = decode(field(REQUEST)?).ok_or_else(malformed)?;
    if request != request_der {
        return Err(refuse(
            "push_signed_other",
            "The signer's file is for another request. Send this one to the signer.",
        ));
    }
    let signature = decode(field(SIGNATURE)?).ok_or_else(malformed)?;
    let signer = Certificate::from_pem(field(CHAIN)?).map_err(|_| malformed())?;
    signer
        .public_key()
        .verify(Digest::Sha256, &request, &signature)
        .map_err(|_| {
            refuse(
                "push_signed_signature",
                "The signature in the file is not one of its first certificate over this request.",
            )
        })?;
    Ok(if bare {
        STANDARD.encode(xml)
    } else {
        text.trim().to_owned()
    })
}

/// Base64 with or without line breaks.
fn decode(text: &str) -> Option<Vec<u8>> {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(packed).ok()
}

#[cfg(test)]
mod tests;
