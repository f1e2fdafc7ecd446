use plist::{Dictionary, Value};

use super::enrollment::weakness;
use crate::config::DeviceConfig;
use crate::network::Network;
use crate::plists::{flag, int, text};
use crate::{Rule, Violation};

/// What a device takes from `com.apple.security.acme`.
// Apple schema mdm/profiles/com.apple.security.acme.yaml
#[derive(Clone)]
pub(crate) struct AcmeSettings {
    pub(crate) directory_url: String,
    pub(crate) client_identifier: String,
    pub(crate) key: AcmeKey,
    /// The device attests if it can.
    pub(crate) attest: bool,
    pub(crate) common_name: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AcmeKey {
    P256,
    P384,
    Rsa,
}

// The identifier is a credential.
impl std::fmt::Debug for AcmeSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AcmeSettings")
            .field("directory_url", &self.directory_url)
            .field("key", &self.key)
            .field("attest", &self.attest)
            .finish_non_exhaustive()
    }
}

pub(super) fn read_acme(
    payload: &Dictionary,
    device: &DeviceConfig,
    network: &Network,
    found: &mut Vec<Violation>,
) -> Result<AcmeSettings, Violation> {
    let breach = |rule, detail: &str| Violation::new(rule, detail);
    let directory_url = text(payload, "DirectoryURL")
        .filter(|url| network.may_use(url))
        .ok_or_else(|| breach(Rule::AcmeUrl, "DirectoryURL is not an https URL"))?;
    let identifier = text(payload, "ClientIdentifier")
        .ok_or_else(|| breach(Rule::AcmeIdentifier, "ClientIdentifier is missing"))?;
    if let Some(detail) = weakness(identifier) {
        found.push(Violation::new(Rule::AcmeIdentifier, detail));
    }
    if identifier == device.serial || identifier == device.udid {
        let detail = "ClientIdentifier is the serial number or UDID, which everybody knows";
        found.push(breach(Rule::AcmeIdentifier, detail));
    }
    let download = text(payload, "PayloadUUID").unwrap_or_default();
    if network.challenge_seen(identifier, download) {
        let detail = "the ClientIdentifier was in another download";
        found.push(breach(Rule::AcmeIdentifierReused, detail));
    }
    let hardware_bound = flag(payload, "HardwareBound")
        .ok_or_else(|| breach(Rule::AcmeKey, "HardwareBound is missing"))?;
    let attest = flag(payload, "Attest") == Some(true);
    let size = int(payload, "KeySize");
    let key = match (text(payload, "KeyType"), size, hardware_bound) {
        (Some("ECSECPrimeRandom"), Some(256), _) => AcmeKey::P256,
        (Some("ECSECPrimeRandom"), Some(384), _) => AcmeKey::P384,
        (Some("RSA"), Some(2048..=4096), false) => AcmeKey::Rsa,
        _ => {
            return Err(breach(
                Rule::AcmeKey,
                "no key of this type and size can be made",
            ));
        }
    };
    if attest && !hardware_bound {
        return Err(breach(Rule::AcmeKey, "Attest without HardwareBound"));
    }
    if flag(payload, "KeyIsExtractable") != Some(false) {
        found.push(breach(Rule::AcmeKey, "KeyIsExtractable is not false"));
    }
    if payload.get("Subject").and_then(Value::as_array).is_none() {
        return Err(breach(Rule::AcmeKey, "Subject is missing"));
    }
    match (device.understands_acme(), device.binds_keys()) {
        (false, _) => {
            let detail = "the system does not know ACME payloads";
            return Err(breach(Rule::AcmeUnsupported, detail));
        }
        (true, false) if hardware_bound => {
            let detail = "the device cannot bind a key to its hardware";
            return Err(breach(Rule::AcmeUnsupported, detail));
        }
        _ => {}
    }
    let (common_name, _) = super::enrollment::subject(payload);
    Ok(AcmeSettings {
        directory_url: directory_url.to_owned(),
        client_identifier: identifier.to_owned(),
        key,
        attest,
        common_name,
    })
}
