use plist::{Dictionary, Value};

use super::subject::{self, Subject};
use crate::fields::{Build, Read};
use crate::{Sensitive, WireError};

/// Where and how the device gets its identity.
// Apple schema mdm/profiles/com.apple.security.scep.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScepPayload {
    pub uuid: String,
    pub url: String,
    /// Passed to the server as `message` of `GetCACert`.
    pub name: Option<String>,
    pub subject: Subject,
    pub challenge: Sensitive<String>,
    /// 2048 or 4096: without it a device makes 1024 bits.
    pub key_size: u32,
    /// 1 sign, 4 encrypt, 5 both.
    pub key_usage: u32,
    /// Fingerprint of the CA certificate.
    pub ca_fingerprint: Option<Vec<u8>>,
    pub retries: Option<u32>,
    pub retry_delay_secs: Option<u32>,
}

impl ScepPayload {
    pub const TYPE: &'static str = "com.apple.security.scep";

    /// A 2048-bit key for signing and encryption.
    pub fn new(uuid: impl Into<String>, url: impl Into<String>, challenge: String) -> Self {
        Self {
            uuid: uuid.into(),
            url: url.into(),
            name: None,
            subject: Vec::new(),
            challenge: Sensitive::new(challenge),
            key_size: 2048,
            key_usage: 5,
            ca_fingerprint: None,
            retries: None,
            retry_delay_secs: None,
        }
    }

    pub(super) fn validate(&self) -> Result<(), WireError> {
        if self.uuid.is_empty() {
            return Err(WireError::Missing { key: "PayloadUUID" });
        }
        if !(self.url.starts_with("https://") || self.url.starts_with("http://")) {
            return Err(WireError::malformed("SCEP URL"));
        }
        if self.challenge.expose().is_empty() {
            return Err(WireError::Missing { key: "Challenge" });
        }
        if !matches!(self.key_size, 2048 | 4096) {
            return Err(WireError::unsupported("Keysize other than 2048 and 4096"));
        }
        if !matches!(self.key_usage, 1 | 4 | 5) {
            return Err(WireError::unsupported("Key Usage other than 1, 4 and 5"));
        }
        Ok(())
    }

    pub(super) fn write(&self, mut payload: Dictionary) -> Value {
        // `Key Type` and `Key Usage` have a space in their names.
        let content = Build::new()
            .set("URL", self.url.as_str())
            .opt("Name", self.name.as_deref())
            .set("Subject", subject::write(&self.subject))
            .set("Challenge", self.challenge.expose().as_str())
            .set("Keysize", self.key_size)
            .set("Key Type", "RSA")
            .set("Key Usage", self.key_usage)
            .opt(
                "CAFingerprint",
                self.ca_fingerprint.clone().map(Value::Data),
            )
            .opt("Retries", self.retries)
            .opt("RetryDelay", self.retry_delay_secs)
            .set("KeyIsExtractable", false)
            .value();
        payload.insert("PayloadContent".into(), content);
        Value::Dictionary(payload)
    }

    pub(super) fn read(payload: &Dictionary) -> Result<Self, WireError> {
        let content = payload.dict("PayloadContent")?;
        let number = |key| -> Result<Option<u32>, WireError> {
            content
                .opt_int(key)?
                .map(|n| u32::try_from(n).map_err(|_| WireError::malformed("negative number")))
                .transpose()
        };
        if let Some(key_type) = content.opt_text("Key Type")?
            && key_type != "RSA"
        {
            return Err(WireError::unsupported("Key Type other than RSA"));
        }
        Ok(Self {
            uuid: payload.text("PayloadUUID")?,
            url: content.text("URL")?,
            name: content.opt_text("Name")?,
            subject: subject::read(content)?,
            challenge: Sensitive::new(content.opt_text("Challenge")?.unwrap_or_default()),
            // The schema's defaults.
            key_size: number("Keysize")?.unwrap_or(1024),
            key_usage: number("Key Usage")?.unwrap_or(0),
            ca_fingerprint: content.opt_data("CAFingerprint")?,
            retries: number("Retries")?,
            retry_delay_secs: number("RetryDelay")?,
        })
    }
}
