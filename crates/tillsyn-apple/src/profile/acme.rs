use plist::{Dictionary, Value};

use super::mdm::check_url;
use super::subject::{self, Subject};
use crate::fields::{Build, Read, dictionary, words};
use crate::fields::{Mode, Wire};
use crate::{Sensitive, WireError};

/// An identity from an ACME server, with a key that the device can prove to be its own.
// Apple schema mdm/profiles/com.apple.security.acme.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcmePayload {
    pub uuid: String,
    pub directory_url: String,
    /// One order claims it: it is as good as a SCEP challenge.
    pub client_identifier: Sensitive<String>,
    pub key_type: AcmeKeyType,
    /// RSA 1024 to 4096; EC 192, 256, 384 or 521.
    pub key_size: u32,
    /// In the Secure Enclave: EC with 256 or 384 bits only.
    pub hardware_bound: bool,
    /// Needs `hardware_bound`. Absent is false.
    pub attest: Option<bool>,
    pub subject: Subject,
    pub subject_alt_name: Option<SubjectAltName>,
    /// 1 sign, 4 encrypt, 5 both.
    pub usage_flags: Option<u32>,
    /// Dotted object identifiers.
    pub extended_key_usage: Vec<String>,
    /// macOS. Always send false: Apple's default lets the key leave the keychain.
    pub key_is_extractable: Option<bool>,
    /// macOS.
    pub allow_all_apps_access: Option<bool>,
}

words! {
    pub enum AcmeKeyType {
        Rsa = "RSA",
        Ec = "ECSECPrimeRandom",
    }
}

dictionary! {
    /// What the device asks for; the server decides.
    #[derive(Eq, Default)]
    pub struct SubjectAltName {
        rfc822_name: Option<String> = "rfc822Name",
        dns_name: Option<String> = "dNSName",
        uri: Option<String> = "uniformResourceIdentifier",
        nt_principal_name: Option<String> = "ntPrincipalName",
    }
}

/// Of TLS client authentication.
const CLIENT_AUTH: &str = "1.3.6.1.5.5.7.3.2";

impl AcmePayload {
    pub const TYPE: &'static str = "com.apple.security.acme";

    /// A hardware-bound P-384 key for signing, with or without an attestation.
    pub fn new(
        uuid: impl Into<String>,
        directory_url: impl Into<String>,
        client_identifier: String,
        attest: bool,
    ) -> Self {
        Self {
            uuid: uuid.into(),
            directory_url: directory_url.into(),
            client_identifier: Sensitive::new(client_identifier),
            key_type: AcmeKeyType::Ec,
            key_size: 384,
            hardware_bound: true,
            attest: Some(attest),
            subject: Vec::new(),
            subject_alt_name: None,
            usage_flags: Some(1),
            extended_key_usage: vec![CLIENT_AUTH.to_owned()],
            key_is_extractable: Some(false),
            allow_all_apps_access: None,
        }
    }

    pub(super) fn validate(&self) -> Result<(), WireError> {
        if self.uuid.is_empty() {
            return Err(WireError::Missing { key: "PayloadUUID" });
        }
        check_url(&self.directory_url, "DirectoryURL is not an https URL")?;
        if self.client_identifier.expose().is_empty() {
            return Err(WireError::Missing {
                key: "ClientIdentifier",
            });
        }
        let size_fits = match (self.key_type, self.hardware_bound) {
            (AcmeKeyType::Rsa, false) => {
                (1024..=4096).contains(&self.key_size) && self.key_size.is_multiple_of(8)
            }
            (AcmeKeyType::Rsa, true) => false,
            (AcmeKeyType::Ec, true) => matches!(self.key_size, 256 | 384),
            (AcmeKeyType::Ec, false) => matches!(self.key_size, 192 | 256 | 384 | 521),
        };
        if !size_fits {
            return Err(WireError::unsupported(
                "KeySize does not fit KeyType and HardwareBound",
            ));
        }
        if self.attest == Some(true) && !self.hardware_bound {
            return Err(WireError::malformed("Attest needs HardwareBound"));
        }
        if self.usage_flags.is_some_and(|flags| flags & !5 != 0) {
            return Err(WireError::unsupported("UsageFlags other than 1, 4 and 5"));
        }
        Ok(())
    }

    /// Unlike SCEP, the keys lie in the payload itself.
    pub(super) fn write(&self, mut payload: Dictionary) -> Value {
        let usage =
            (!self.extended_key_usage.is_empty()).then(|| self.extended_key_usage.to_value());
        let keys = Build::new()
            .set("DirectoryURL", self.directory_url.as_str())
            .set("ClientIdentifier", self.client_identifier.expose().as_str())
            .set("KeyType", self.key_type.as_str())
            .set("KeySize", self.key_size)
            .set("HardwareBound", self.hardware_bound)
            .opt("Attest", self.attest)
            .set("Subject", subject::write(&self.subject))
            .opt(
                "SubjectAltName",
                self.subject_alt_name.as_ref().map(Wire::to_value),
            )
            .opt("UsageFlags", self.usage_flags)
            .opt("ExtendedKeyUsage", usage)
            .opt("KeyIsExtractable", self.key_is_extractable)
            .opt("AllowAllAppsAccess", self.allow_all_apps_access)
            .dict();
        for (key, value) in keys {
            payload.insert(key, value);
        }
        Value::Dictionary(payload)
    }

    pub(super) fn read(payload: &Dictionary) -> Result<Self, WireError> {
        let number = |key| -> Result<Option<u32>, WireError> {
            payload
                .opt_int(key)?
                .map(|n| u32::try_from(n).map_err(|_| WireError::malformed("negative number")))
                .transpose()
        };
        let acme = Self {
            uuid: payload.text("PayloadUUID")?,
            directory_url: payload.text("DirectoryURL")?,
            client_identifier: Sensitive::new(payload.text("ClientIdentifier")?),
            key_type: payload.text("KeyType")?.parse()?,
            key_size: number("KeySize")?.ok_or(WireError::Missing { key: "KeySize" })?,
            hardware_bound: payload
                .opt_flag("HardwareBound")?
                .ok_or(WireError::Missing {
                    key: "HardwareBound",
                })?,
            attest: payload.opt_flag("Attest")?,
            subject: subject::read(payload)?,
            subject_alt_name: payload
                .get("SubjectAltName")
                .map(|value| SubjectAltName::from_value(value, "SubjectAltName", Mode::Strict))
                .transpose()?,
            usage_flags: number("UsageFlags")?,
            extended_key_usage: payload.texts("ExtendedKeyUsage")?.unwrap_or_default(),
            key_is_extractable: payload.opt_flag("KeyIsExtractable")?,
            allow_all_apps_access: payload.opt_flag("AllowAllAppsAccess")?,
        };
        acme.validate()?;
        Ok(acme)
    }
}
