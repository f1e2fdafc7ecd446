//! `Mdm-Signature`: which certificate of our CA signed the raw body (security S35, S36).
//!
//! Parsing a certificate and checking its chain is done once and cached by hash; what is checked every
//! time is the signature, the validity, and (by the caller, in our own tables) revocation and the pin.

use std::sync::Arc;

use moka::sync::Cache;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::{self, MdmSignature, Policy};
use tillsyn_pki::hash;
use tillsyn_pki::key::PublicKey;

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;

/// A certificate of our device CA that proved possession of its key in this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// SHA-256 of the DER, lower-case hex: the key of its issuance record.
    pub sha256: Arc<str>,
}

/// Why a request has no proven sender. For the log and a counter; the device sees a plain 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureRefusal {
    Malformed,
    /// The signature does not fit the body.
    BadSignature,
    /// The certificate is not of our device CA.
    Untrusted,
    /// The certificate is not valid now.
    Expired,
}

impl SignatureRefusal {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::BadSignature => "bad_signature",
            Self::Untrusted => "untrusted",
            Self::Expired => "expired",
        }
    }
}

#[derive(Clone)]
struct Known {
    sha256: Arc<str>,
    public_key: PublicKey,
    not_before_ms: i64,
    not_after_ms: i64,
}

/// Certificates whose chain was verified, by the hash of their DER.
pub struct IdentityCache(Cache<[u8; 32], Arc<Known>>);

impl Default for IdentityCache {
    fn default() -> Self {
        Self(Cache::new(200_000))
    }
}

/// Verifies an `Mdm-Signature` header over the raw body.
pub fn verify_signature(
    core: &Core,
    header: &str,
    body: &[u8],
) -> Result<DeviceCertificate, SignatureRefusal> {
    let bytes = cms::decode_header(header).map_err(|_| SignatureRefusal::Malformed)?;
    let signature = MdmSignature::parse(&bytes).map_err(|_| SignatureRefusal::Malformed)?;
    let known = known_certificate(core, signature.signer_cert_der())?;
    let now_ms = core.now_ms();
    // Old systems sign with SHA-1; only here it is accepted. A signing time is rarely present.
    let policy = Policy {
        allow_sha1: true,
        signing_time: Some((now_ms, DAY_MS)),
    };
    signature
        .verify_with(&known.public_key, body, policy)
        .map_err(|_| SignatureRefusal::BadSignature)?;
    if now_ms + 5 * MINUTE_MS < known.not_before_ms || now_ms > known.not_after_ms {
        return Err(SignatureRefusal::Expired);
    }
    Ok(DeviceCertificate {
        sha256: known.sha256.clone(),
    })
}

/// Whether an `Mdm-Signature` header carries a certificate of our device CA: all that can be known before
/// the body.
pub fn introduce(core: &Core, header: &str) -> Result<(), SignatureRefusal> {
    let bytes = cms::decode_header(header).map_err(|_| SignatureRefusal::Malformed)?;
    let signature = MdmSignature::parse(&bytes).map_err(|_| SignatureRefusal::Malformed)?;
    known_certificate(core, signature.signer_cert_der()).map(|_| ())
}

fn known_certificate(core: &Core, der: &[u8]) -> Result<Arc<Known>, SignatureRefusal> {
    let cache = &core.identities().0;
    let key = hash::sha256(der);
    if let Some(known) = cache.get(&key) {
        return Ok(known);
    }
    let certificate = Certificate::from_der(der).map_err(|_| SignatureRefusal::Malformed)?;
    certificate
        .verify_issued_by(&core.authorities().device_ca.certificate)
        .map_err(|_| SignatureRefusal::Untrusted)?;
    if certificate.is_ca() {
        return Err(SignatureRefusal::Untrusted);
    }
    let known = Arc::new(Known {
        sha256: Arc::from(hash::hex(&key)),
        public_key: certificate.public_key().clone(),
        not_before_ms: certificate.not_before_ms(),
        not_after_ms: certificate.not_after_ms(),
    });
    cache.insert(key, known.clone());
    Ok(known)
}
