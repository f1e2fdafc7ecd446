use super::body::Rules;
use super::queries;
use crate::WireError;
use crate::fields::command;
use crate::platform::DeviceFacts;

command! {
    /// `DeviceInformation`: asks for the named facts.
    // Apple schema mdm/commands/information.device.yaml
    pub struct DeviceInformation {
        queries: Vec<String> = "Queries",
        /// With `DevicePropertiesAttestation`, at most 32 bytes.
        attestation_nonce: Option<Vec<u8>> = "DeviceAttestationNonce",
    }
}

/// The query for an attestation by Apple's certificate authority.
pub const ATTESTATION_QUERY: &str = "DevicePropertiesAttestation";

const MAX_NONCE: usize = 32;

impl DeviceInformation {
    pub fn new(queries: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            queries: queries.into_iter().map(Into::into).collect(),
            attestation_nonce: None,
        }
    }

    /// Everything that may be asked of this channel.
    pub fn for_device(facts: &DeviceFacts) -> Self {
        Self::new(queries::default_queries(facts))
    }

    /// An attestation of the device's properties that carries this nonce. Apple limits how often
    /// a device may make a new one.
    pub fn attestation(nonce: Vec<u8>) -> Self {
        Self {
            attestation_nonce: Some(nonce),
            ..Self::new([ATTESTATION_QUERY])
        }
    }
}

impl Rules for DeviceInformation {
    fn check(&self) -> Result<(), WireError> {
        if self.queries.is_empty() {
            return Err(WireError::malformed("no query is named"));
        }
        match &self.attestation_nonce {
            Some(nonce) if nonce.len() > MAX_NONCE => Err(WireError::TooLarge {
                what: "DeviceAttestationNonce",
                limit: MAX_NONCE,
            }),
            _ => Ok(()),
        }
    }
}
