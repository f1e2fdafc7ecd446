use super::error::{AttestationError, Result};
use super::property;
use crate::asn1::oid;
use crate::cert::{self, Certificate, Validity};
use crate::error::Error;
use crate::hash;
use crate::key::{KeyKind, PublicKey};

/// Apple's clock and ours may differ.
const SKEW_MS: i64 = 5 * 60_000;
const MAX_CERTIFICATES: usize = 8;

/// How strictly a Mac starts its operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecureBoot {
    Full,
    Reduced,
    Permissive,
}

/// What Apple says about a device and its key. A property that is `None` was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The attested key, P-256 or P-384.
    pub public_key: PublicKey,
    /// SHA-256 of its SubjectPublicKeyInfo.
    pub spki_sha256: [u8; 32],
    pub serial_number: Option<String>,
    /// On Macs the provisioning UDID, which is not the UDID of check-in messages.
    pub udid: Option<String>,
    pub software_update_device_id: Option<String>,
    pub os_version: Option<String>,
    pub sep_os_version: Option<String>,
    pub llb_version: Option<String>,
    /// The value as it was sent; compare with `check_token` or `is_for_nonce`.
    pub freshness: Option<Vec<u8>>,
    pub sip_enabled: Option<bool>,
    pub secure_boot: Option<SecureBoot>,
    pub kexts_allowed: Option<bool>,
    /// When Apple made the attestation, which a device may keep for about seven days.
    pub made_at_ms: i64,
}

impl Attested {
    /// Whether it was made for this ACME challenge. A code that is missing is refused: nothing
    /// else ties an attestation to a challenge.
    pub fn check_token(&self, token: &str) -> Result<()> {
        if self.freshness.is_none() {
            return Err(AttestationError::FreshnessMissing);
        }
        // The token itself is hashed, not the key authorization of other challenges.
        if self.is_for_nonce(&hash::sha256(token.as_bytes())) {
            Ok(())
        } else {
            Err(AttestationError::FreshnessDiffers)
        }
    }

    /// Whether the freshness code is these bytes, as the `DeviceAttestationNonce` of a query is
    /// returned. A cached attestation comes back with an older nonce.
    pub fn is_for_nonce(&self, nonce: &[u8]) -> bool {
        let value = self.freshness.as_deref().unwrap_or_default();
        !nonce.is_empty()
            && property::octets(value)
                .into_iter()
                .flatten()
                .any(|sent| hash::constant_time_eq(sent, nonce))
    }
}

/// Verifies the certificates of an attestation up to one of the anchors and reads what the leaf
/// says. Freshness and the expected device are for the caller to compare.
pub fn verify(x5c: &[Certificate], anchors: &[Certificate], now_ms: i64) -> Result<Attested> {
    let (leaf, intermediates) = x5c.split_first().ok_or(AttestationError::Absent)?;
    if leaf.is_ca() {
        let error = Error::Untrusted {
            what: "the attested certificate is a CA",
        };
        return Err(AttestationError::Untrusted(error));
    }
    let validity = Validity::Check { skew_ms: SKEW_MS };
    cert::verify_chain(leaf, intermediates, anchors, now_ms, validity).map_err(
        |error| match error {
            Error::Expired | Error::NotYetValid => AttestationError::OutOfTime(error),
            error => AttestationError::Untrusted(error),
        },
    )?;
    let public_key = leaf.public_key().clone();
    if !matches!(public_key.kind(), KeyKind::P256 | KeyKind::P384) {
        let error = Error::WeakKey {
            what: "neither P-256 nor P-384",
        };
        return Err(AttestationError::Key(error));
    }
    public_key.check_policy().map_err(AttestationError::Key)?;
    let text = |oid| leaf.extension(&oid).and_then(property::text);
    let number = |oid| leaf.extension(&oid).and_then(property::number);
    Ok(Attested {
        spki_sha256: public_key.spki_sha256(),
        public_key,
        serial_number: text(oid::ATTESTED_SERIAL_NUMBER),
        udid: text(oid::ATTESTED_UDID),
        software_update_device_id: text(oid::ATTESTED_SOFTWARE_UPDATE_DEVICE_ID),
        os_version: text(oid::ATTESTED_OS_VERSION),
        sep_os_version: text(oid::ATTESTED_SEP_OS_VERSION),
        llb_version: text(oid::ATTESTED_LLB_VERSION),
        freshness: leaf
            .extension(&oid::ATTESTED_FRESHNESS)
            .filter(|value| !value.is_empty())
            .map(<[u8]>::to_vec),
        sip_enabled: match number(oid::ATTESTED_SIP) {
            Some(0) => Some(true),
            Some(1) => Some(false),
            _ => None,
        },
        secure_boot: text(oid::ATTESTED_SECURE_BOOT).and_then(|text| secure_boot(&text)),
        kexts_allowed: number(oid::ATTESTED_KEXTS).map(|value| value != 0),
        made_at_ms: leaf.not_before_ms(),
    })
}

/// As `verify`, for the answer to a `DevicePropertiesAttestation` query: DER, leaf first.
pub fn verify_chain(ders: &[Vec<u8>], anchors: &[Certificate], now_ms: i64) -> Result<Attested> {
    if ders.len() > MAX_CERTIFICATES {
        return Err(AttestationError::Malformed(Error::TooLarge {
            what: "number of attestation certificates",
            limit: MAX_CERTIFICATES,
        }));
    }
    let x5c = ders.iter().map(|der| Certificate::from_der(der));
    let x5c = x5c
        .collect::<crate::Result<Vec<_>>>()
        .map_err(AttestationError::Malformed)?;
    verify(&x5c, anchors, now_ms)
}

fn secure_boot(text: &str) -> Option<SecureBoot> {
    let known = [
        ("full", SecureBoot::Full),
        ("reduced", SecureBoot::Reduced),
        ("permissive", SecureBoot::Permissive),
    ];
    let word = text.split_whitespace().next()?;
    known
        .into_iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name))
        .map(|(_, level)| level)
}
