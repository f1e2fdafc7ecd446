use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::{Deserialize, Serialize};

use super::error::{Result, WebauthnError};
use crate::attestation::cbor::Value;

const ES256: i64 = -7;
const EDDSA: i64 = -8;
const RS256: i64 = -257;

/// What we offer, in the order in which we like them: COSE algorithm numbers.
pub const ALGORITHMS: [i64; 3] = [ES256, EDDSA, RS256];

/// The public half of a passkey, as it is stored. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// COSE algorithm number.
    pub(super) algorithm: i64,
    /// P-256: the uncompressed point; Ed25519: the key; RSA: the modulus. Base64url.
    key: String,
    /// RSA only: the public exponent. Base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exponent: Option<String>,
    /// Signatures made so far, where the authenticator counts them.
    pub counter: u32,
    /// May be copied to other devices by its keeper (a synced passkey).
    pub backup_eligible: bool,
    pub backed_up: bool,
}

impl Credential {
    /// Reads a COSE key. RFC 9053 §7, RFC 8230 §4.
    pub(super) fn read(key: &Value<'_>) -> Result<Self> {
        let number = |label: i64| match key.under(&label_of(label)) {
            Some(Value::Unsigned(n)) => i64::try_from(*n).ok(),
            Some(Value::Negative(n)) => i64::try_from(*n).ok().map(|n| -1 - n),
            _ => None,
        };
        let bytes = |label: i64| match key.under(&label_of(label)) {
            Some(Value::Bytes(bytes)) => Some(*bytes),
            _ => None,
        };
        let malformed = WebauthnError::Malformed("key of the passkey");
        let algorithm = number(3).ok_or(malformed)?;
        let (key, exponent) = match (number(1), algorithm, number(-1)) {
            // EC2 on P-256.
            (Some(2), ES256, Some(1)) => match (bytes(-2), bytes(-3)) {
                (Some(x), Some(y)) if x.len() == 32 && y.len() == 32 => {
                    ([&[4][..], x, y].concat(), None)
                }
                _ => return Err(malformed),
            },
            // OKP on Ed25519.
            (Some(1), EDDSA, Some(6)) => match bytes(-2) {
                Some(x) if x.len() == 32 => (x.to_vec(), None),
                _ => return Err(malformed),
            },
            (Some(3), RS256, _) => match (bytes(-1), bytes(-2)) {
                (Some(n), Some(e)) if n.len() <= 1_024 && e.len() <= 8 => {
                    (n.to_vec(), Some(encode(e)))
                }
                _ => return Err(malformed),
            },
            _ => return Err(WebauthnError::UnknownAlgorithm),
        };
        Ok(Self {
            algorithm,
            key: encode(&key),
            exponent,
            counter: 0,
            backup_eligible: false,
            backed_up: false,
        })
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let key = decode(&self.key)?;
        let fits = match self.algorithm {
            ES256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key).verify(message, signature)
            }
            EDDSA => UnparsedPublicKey::new(&ED25519, &key).verify(message, signature),
            RS256 => {
                let exponent = decode(self.exponent.as_deref().unwrap_or_default())?;
                let key = RsaPublicKeyComponents {
                    n: &key,
                    e: &exponent,
                };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            _ => return Err(WebauthnError::UnknownAlgorithm),
        };
        fits.map_err(|_| WebauthnError::BadSignature)
    }
}

fn label_of(label: i64) -> Value<'static> {
    match u64::try_from(label) {
        Ok(n) => Value::Unsigned(n),
        Err(_) => Value::Negative((-1 - label).unsigned_abs()),
    }
}

pub(super) fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn decode(text: &str) -> Result<Vec<u8>> {
    use base64::Engine as _;
    base64::prelude::BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| WebauthnError::Malformed("base64url"))
}
