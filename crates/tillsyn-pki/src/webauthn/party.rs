use serde::Deserialize;

use super::client_data;
use super::credential::{ALGORITHMS, Credential, decode, encode};
use super::data::Data;
use super::error::{Result, WebauthnError};
use crate::attestation::cbor::Value;
use crate::hash;

/// Larger answers are nobody's.
const MAX_LEN: usize = 16 << 10;

/// Whom passkeys are made for: host name and origin of the console, from configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub id: String,
    pub origin: String,
}

/// A browser's answer to a registration; all members are base64url.
#[derive(Debug, Clone, Deserialize)]
pub struct Registration {
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    #[serde(rename = "attestationObject")]
    pub attestation_object: String,
}

/// A browser's answer to a request for a passkey; all members are base64url.
#[derive(Debug, Clone, Deserialize)]
pub struct Assertion {
    pub id: String,
    #[serde(rename = "clientDataJSON")]
    pub client_data: String,
    #[serde(rename = "authenticatorData")]
    pub authenticator_data: String,
    pub signature: String,
    /// Whose passkey it is, as we named them when it was registered.
    #[serde(default, rename = "userHandle")]
    pub user_handle: Option<String>,
}

/// What a right assertion changes of the stored passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub counter: u32,
    pub backed_up: bool,
}

impl Party {
    /// From the console's address. `None` where browsers make no passkeys: for bare addresses, and without TLS
    /// anywhere but on the machine itself (WebAuthn §5.1.3, Secure Contexts §3.1).
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split('/').next()?;
        let id = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        };
        let is_name =
            !id.is_empty() && !id.starts_with('[') && id.parse::<std::net::IpAddr>().is_err();
        let secure = scheme == "https" || (scheme == "http" && id == "localhost");
        // Browsers leave out the scheme's own port.
        let host = match scheme {
            "https" => host.strip_suffix(":443").unwrap_or(host),
            _ => host.strip_suffix(":80").unwrap_or(host),
        };
        (is_name && secure).then(|| Self {
            id: id.to_ascii_lowercase(),
            origin: format!("{scheme}://{}", host.to_ascii_lowercase()),
        })
    }

    /// Checks a registration: the id of the new passkey (base64url) and its public half. Whether the id is known
    /// already, the caller's table says.
    pub fn register(&self, answer: &Registration, challenge: &str) -> Result<(String, Credential)> {
        let client_data = decode_bounded(&answer.client_data)?;
        client_data::check(&client_data, "webauthn.create", challenge, &self.origin)?;
        let object = decode_bounded(&answer.attestation_object)?;
        let malformed = WebauthnError::Malformed("attestation object");
        let object = Value::read(&object).map_err(|_| malformed)?;
        let Some(Value::Bytes(data)) = object.get("authData") else {
            return Err(malformed);
        };
        let data = Data::read(data)?;
        self.check_party(&data)?;
        data.check_flags()?;
        let (id, key) = data.attested.as_ref().ok_or(malformed)?;
        let mut credential = Credential::read(key)?;
        if !ALGORITHMS.contains(&credential.algorithm) {
            return Err(WebauthnError::UnknownAlgorithm);
        }
        credential.counter = data.counter;
        credential.backup_eligible = data.backup_eligible();
        credential.backed_up = data.backed_up();
        Ok((encode(id), credential))
    }

    /// Checks an answer against the stored passkey that it names. Whose it is, the caller compares.
    pub fn verify(
        &self,
        answer: &Assertion,
        challenge: &str,
        credential: &Credential,
    ) -> Result<Shown> {
        let client_data = decode_bounded(&answer.client_data)?;
        let digest = client_data::check(&client_data, "webauthn.get", challenge, &self.origin)?;
        let bytes = decode_bounded(&answer.authenticator_data)?;
        let data = Data::read(&bytes)?;
        self.check_party(&data)?;
        data.check_flags()?;
        // §7.2 step 20: what may be copied is settled when the passkey is made.
        if data.backup_eligible() != credential.backup_eligible {
            return Err(WebauthnError::Malformed("backup flags"));
        }
        let signature = decode_bounded(&answer.signature)?;
        credential.verify(&[&bytes, &digest[..]].concat(), &signature)?;
        // §7.2 step 22; authenticators without a counter say 0 for ever.
        let counts = data.counter != 0 || credential.counter != 0;
        if counts && data.counter <= credential.counter {
            return Err(WebauthnError::CounterWentBack);
        }
        Ok(Shown {
            counter: data.counter,
            backed_up: data.backed_up(),
        })
    }

    fn check_party(&self, data: &Data<'_>) -> Result<()> {
        if hash::constant_time_eq(data.party_hash, &hash::sha256(self.id.as_bytes())) {
            Ok(())
        } else {
            Err(WebauthnError::WrongParty)
        }
    }
}

fn decode_bounded(text: &str) -> Result<Vec<u8>> {
    if text.len() > MAX_LEN {
        return Err(WebauthnError::Malformed("length"));
    }
    decode(text)
}
