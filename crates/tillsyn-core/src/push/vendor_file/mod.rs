//! The file that goes to Apple's push certificate portal: a vendor's signature over our request (core
//! sheet §8, step 2). Pure.

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::csr::Csr;
use tillsyn_pki::issue::CaIdentity;
use tillsyn_pki::key::{KeyKind, KeyPair};
use tillsyn_pki::push_request::{Upload, UploadError, sign_for_upload};

use crate::error::Error;

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
    let incomplete = || {
        refuse(
            "push_vendor_chain",
            "The chain is not whole: add Apple's intermediate certificate and its root to the vendor \
             certificate.",
        )
    };
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
    if !matches!(key.public_key().kind(), KeyKind::Rsa { .. }) {
        return Err(Error::invalid(
            "key",
            "push_vendor_key_kind",
            "Apple takes signatures of an RSA key only.",
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
            None => return Err(incomplete()),
        }
    }
    if chain.len() < 3 {
        return Err(incomplete());
    }
    Ok(chain)
}

/// The file for Apple. `chain` begins with the vendor certificate of `key`.
pub(super) fn sign(
    request_der: &[u8],
    chain: &[Certificate],
    key: &KeyPair,
    now_ms: i64,
) -> Result<String, Error> {
    let [own, rest @ ..] = chain else {
        return Err(Error::internal("A vendor certificate has no chain."));
    };
    let vendor = CaIdentity {
        certificate: own.clone(),
        key: key.clone(),
    };
    sign_for_upload(request_der, &vendor, rest, now_ms).map_err(|e| {
        Error::conflict(
            "push_vendor_unfit",
            "The vendor certificate on record can sign no requests. Upload it again, with its chain.",
        )
        .caused_by(e)
    })
}

/// Takes what an outside signer sent back. The request in it must be ours, and the signature over it that
/// of the chain's first certificate.
pub(super) fn take_signed(text: &str, request_der: &[u8], now_ms: i64) -> Result<String, Error> {
    let refuse = |code, detail: &str| Error::invalid("file", code, detail);
    let ours = Csr::from_der(request_der)?;
    let read = Upload::parse(text.as_bytes())
        .and_then(|upload| upload.verify(ours.public_key(), now_ms).map(|()| upload));
    read.map(|upload| upload.to_file()).map_err(|error| match error {
        UploadError::OtherRequest => refuse(
            "push_signed_other",
            "The signer's file is for another request. Send this one to the signer.",
        ),
        UploadError::BadSignature => refuse(
            "push_signed_signature",
            "The signature in the file is not one of its first certificate over this request.",
        ),
        UploadError::SignedWithSha1 => refuse(
            "push_signed_sha1",
            "The signer used SHA-1, which Apple no longer takes. Ask for SHA-256.",
        ),
        UploadError::Chain(_) => refuse(
            "push_signed_chain",
            "The signer's certificates are not whole, or have expired.",
        ),
        _ => refuse(
            "push_signed_file",
            "This is not the file that a signer returns: Base64 of a property list with request, \
             certificate chain and signature.",
        ),
    })
}

#[cfg(test)]
mod tests;
