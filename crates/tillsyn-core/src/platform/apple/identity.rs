//! `Mdm-Signature`: which certificate of our CA signed the raw body (security S35, S36).
//!
//! Parsing a certificate and checking its chain is done once and cached by hash; what is checked every
//! time is the signature, the validity, and (by the caller, in our own tables) revocation and the pin.

use std::sync::Arc;

use moka::sync::Cache;
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::cms::{self, BodyHash, MdmSignature, Policy};
use tillsyn_pki::hash;
use tillsyn_pki::key::PublicKey;

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::device_authorities::{self, TrustedAuthority};
use crate::error::Error;

/// A device certificate whose holder proved possession of its key in this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// SHA-256 of the DER, lower-case hex: the key of its issuance record.
    pub sha256: Arc<str>,
    /// The authority of somebody else that issued it; `None` when it is of our device CA.
    pub authority: Option<Arc<TrustedAuthority>>,
    /// The certificate itself: it is kept when no record of ours knows it.
    pub der: Arc<[u8]>,
}

/// Why a request is not answered.
#[derive(Debug)]
pub enum Unproven {
    Refused(SignatureRefusal),
    /// The store failed: the device tries again.
    Store(Error),
}

impl From<SignatureRefusal> for Unproven {
    fn from(refusal: SignatureRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Unproven {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

/// Why a request has no proven sender. For the log and a counter; the device sees a plain 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureRefusal {
    Malformed,
    /// The signature does not fit the body.
    BadSignature,
    /// The certificate is neither of our device CA nor of a trusted one.
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
    /// Id of the trusted authority that issued it; it may have been removed since.
    authority: Option<String>,
}

impl Known {
    fn check_time(&self, now_ms: i64) -> Result<(), SignatureRefusal> {
        if now_ms + 5 * MINUTE_MS < self.not_before_ms || now_ms > self.not_after_ms {
            return Err(SignatureRefusal::Expired);
        }
        Ok(())
    }
}

/// A certificate with the authority that counts for it now.
struct Found {
    known: Arc<Known>,
    authority: Option<Arc<TrustedAuthority>>,
}

impl Found {
    fn proven(self, der: &[u8]) -> DeviceCertificate {
        DeviceCertificate {
            sha256: self.known.sha256.clone(),
            authority: self.authority,
            der: Arc::from(der),
        }
    }
}

/// Certificates whose chain was verified, by the hash of their DER.
pub struct IdentityCache(Cache<[u8; 32], Arc<Known>>);

impl Default for IdentityCache {
    fn default() -> Self {
        Self(Cache::new(200_000))
    }
}

/// Verifies an `Mdm-Signature` header over the raw body.
///
/// # Errors
/// [`Unproven::Refused`] says why nobody is proven; [`Unproven::Store`] that it cannot be known now.
pub async fn verify_signature(
    core: &Core,
    header: &str,
    body: &[u8],
) -> Result<DeviceCertificate, Unproven> {
    let bytes = cms::decode_header(header).map_err(|_| SignatureRefusal::Malformed)?;
    let signature = MdmSignature::parse(&bytes).map_err(|_| SignatureRefusal::Malformed)?;
    let found = find(core, signature.signer_cert_der()).await?;
    signature
        .verify_with(&found.known.public_key, body, policy(core))
        .map_err(|_| SignatureRefusal::BadSignature)?;
    found.known.check_time(core.now_ms())?;
    Ok(found.proven(signature.signer_cert_der()))
}

/// The digest of a body that is too large to keep, as its signature wants it.
pub struct StreamedBody(BodyHash);

impl StreamedBody {
    /// Begins it; `None` when the header cannot be read.
    pub fn begin(header: &str) -> Option<Self> {
        let bytes = cms::decode_header(header).ok()?;
        let signature = MdmSignature::parse(&bytes).ok()?;
        signature.body_hash().ok().map(Self)
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Verifies an `Mdm-Signature` header over a body of which only the digest was kept.
///
/// # Errors
/// As [`verify_signature`].
pub async fn verify_streamed(
    core: &Core,
    header: &str,
    body: StreamedBody,
) -> Result<DeviceCertificate, Unproven> {
    let bytes = cms::decode_header(header).map_err(|_| SignatureRefusal::Malformed)?;
    let signature = MdmSignature::parse(&bytes).map_err(|_| SignatureRefusal::Malformed)?;
    let found = find(core, signature.signer_cert_der()).await?;
    signature
        .verify_hashed(&found.known.public_key, body.0, policy(core))
        .map_err(|_| SignatureRefusal::BadSignature)?;
    found.known.check_time(core.now_ms())?;
    Ok(found.proven(signature.signer_cert_der()))
}

/// Old systems sign with SHA-1; only here it is accepted. A signing time is rarely present.
fn policy(core: &Core) -> Policy {
    Policy {
        allow_sha1: true,
        signing_time: Some((core.now_ms(), DAY_MS)),
    }
}

/// Whether an `Mdm-Signature` header carries a certificate that is accepted now: all that can be known before
/// the body.
///
/// # Errors
/// As [`verify_signature`].
pub async fn introduce(core: &Core, header: &str) -> Result<(), Unproven> {
    let bytes = cms::decode_header(header).map_err(|_| SignatureRefusal::Malformed)?;
    let signature = MdmSignature::parse(&bytes).map_err(|_| SignatureRefusal::Malformed)?;
    let found = find(core, signature.signer_cert_der()).await?;
    found.known.check_time(core.now_ms())?;
    Ok(())
}

/// Accepts a certificate whose key TLS has proven: here, or at a trusted proxy in front of us.
///
/// # Errors
/// As [`verify_signature`].
pub async fn accept_certificate(core: &Core, der: &[u8]) -> Result<DeviceCertificate, Unproven> {
    let found = find(core, der).await?;
    found.known.check_time(core.now_ms())?;
    Ok(found.proven(der))
}

/// The certificate with its verified chain, cached by hash.
async fn find(core: &Core, der: &[u8]) -> Result<Found, Unproven> {
    let cache = &core.identities().0;
    let key = hash::sha256(der);
    let known = if let Some(known) = cache.get(&key) {
        known
    } else {
        let known = Arc::new(verify_chain(core, der, &key).await?);
        cache.insert(key, known.clone());
        known
    };
    let Some(id) = &known.authority else {
        return Ok(Found {
            known,
            authority: None,
        });
    };
    let all = device_authorities::trusted(core).await?;
    let authority = all.iter().find(|authority| authority.id == *id).cloned();
    if authority.is_none() {
        // Removed since the chain was verified.
        cache.invalidate(&key);
        return Err(SignatureRefusal::Untrusted.into());
    }
    Ok(Found { known, authority })
}

async fn verify_chain(core: &Core, der: &[u8], key: &[u8; 32]) -> Result<Known, Unproven> {
    let certificate = Certificate::from_der(der).map_err(|_| SignatureRefusal::Malformed)?;
    if certificate.is_ca() {
        return Err(SignatureRefusal::Untrusted.into());
    }
    let own = &core.authorities().device_ca.certificate;
    let authority = if certificate.verify_issued_by(own).is_ok() {
        None
    } else {
        let all = device_authorities::trusted(core).await?;
        let issuer = all
            .iter()
            .find(|authority| certificate.verify_issued_by(&authority.certificate).is_ok())
            .ok_or(SignatureRefusal::Untrusted)?;
        Some(issuer.id.clone())
    };
    Ok(Known {
        sha256: Arc::from(hash::hex(key)),
        public_key: certificate.public_key().clone(),
        not_before_ms: certificate.not_before_ms(),
        not_after_ms: certificate.not_after_ms(),
        authority,
    })
}
