//! What makes a certificate a push certificate that can be used now. Pure.

use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::KeyPair;

use crate::clock::MINUTE_MS;
use crate::error::Error;

/// How far the clocks of Apple and this server may differ (S86).
const SKEW_MS: i64 = 5 * MINUTE_MS;

/// A push certificate that passed every check but the one of its key.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) certificate: Certificate,
    pub(super) topic: String,
}

/// Reads and checks the certificate alone (core sheet §7, §8).
pub(super) fn check(certificate_pem: &str, now_ms: i64) -> Result<Checked, Error> {
    let refuse = |code, detail: &str| Error::invalid("certificate", code, detail);
    let certificate = Certificate::from_pem(certificate_pem).map_err(|_| {
        refuse(
            "push_certificate_pem",
            "This is not a certificate in PEM form (-----BEGIN CERTIFICATE-----).",
        )
    })?;
    let topic = certificate
        .subject_uid()
        .filter(|uid| {
            uid.strip_prefix("com.apple.mgmt.")
                .is_some_and(|rest| !rest.is_empty())
        })
        .ok_or_else(|| {
            refuse(
                "push_topic_missing",
                "This is no push certificate for device management: its subject has no topic \
                 (UID=com.apple.mgmt.…).",
            )
        })?;
    if !certificate.has_eku_client_auth() {
        return Err(refuse(
            "push_certificate_use",
            "This certificate may not be used to sign in to APNs.",
        ));
    }
    if certificate.not_after_ms() <= now_ms {
        return Err(refuse(
            "push_certificate_expired",
            "This certificate has expired.",
        ));
    }
    if certificate.not_before_ms() > now_ms + SKEW_MS {
        return Err(refuse(
            "push_certificate_not_yet_valid",
            "This certificate is not valid yet. Check the server's clock.",
        ));
    }
    Ok(Checked { certificate, topic })
}

/// Reads a private key and compares it with the certificate.
pub(super) fn check_key(certificate: &Certificate, key_pem: &str) -> Result<KeyPair, Error> {
    let key = KeyPair::from_pem(key_pem).map_err(|_| {
        Error::invalid(
            "key",
            "push_key_pem",
            "This is not a private key in PEM form without a passphrase (-----BEGIN PRIVATE KEY-----).",
        )
    })?;
    if key.public_key().spki_sha256() != certificate.spki_sha256() {
        return Err(Error::invalid(
            "key",
            "push_key_mismatch",
            "This key does not belong to this certificate.",
        ));
    }
    Ok(key)
}

#[cfg(test)]
mod tests;
