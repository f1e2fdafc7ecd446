use plist::{Dictionary, Value};

use super::answer::Answer;
use super::facts::{IDENTIFIERS, NETWORK_KEYS};
use tillsyn_pki::attestation::maker::Properties;

use crate::SimError;
use crate::device::Device;
use crate::keys::new_p384_key;
use crate::plists::texts;

const QUERY_DEVICE: u32 = 16;
const QUERY_NETWORK: u32 = 32;
const ATTESTATION: &str = "DevicePropertiesAttestation";
const MAX_NONCE: usize = 32;
const ATTESTATION_LIFE_MS: i64 = 7 * 86_400_000;

impl Device {
    /// Only what was asked, and of that only what this device knows and may tell.
    // Apple schema mdm/commands/information.device.yaml
    pub(super) fn device_information(&mut self, request: &Dictionary) -> Result<Answer, SimError> {
        let Some(queries) = texts(request, "Queries").filter(|queries| !queries.is_empty()) else {
            return Ok(Answer::format_error());
        };
        let profile = &self.enrollment_ref()?.profile;
        let may_tell = |key: &str| {
            let right = if NETWORK_KEYS.contains(&key) {
                QUERY_NETWORK
            } else {
                QUERY_DEVICE
            };
            // The UDID needs no right.
            (key == "UDID" || profile.has_right(right))
                && !(profile.byod && IDENTIFIERS.contains(&key))
        };
        let attests = queries.iter().any(|key| key == ATTESTATION) && may_tell(ATTESTATION);
        let mut responses: Dictionary = queries
            .into_iter()
            .filter(|key| may_tell(key))
            .filter_map(|key| self.fact(&key).map(|value| (key, value)))
            .collect();
        if attests {
            let nonce = request
                .get("DeviceAttestationNonce")
                .and_then(Value::as_data);
            if nonce.is_some_and(|nonce| nonce.len() > MAX_NONCE) {
                return Ok(Answer::format_error());
            }
            if let Some(chain) = self.attest(nonce)? {
                let chain = chain.into_iter().map(Value::Data).collect();
                responses.insert(ATTESTATION.into(), Value::Array(chain));
            }
        }
        let mut body = Dictionary::new();
        body.insert("QueryResponses".into(), Value::Dictionary(responses));
        Ok(Answer::acknowledged(body))
    }

    /// A chain, leaf first; for about seven days the same one, whatever the nonce.
    // Apple schema mdm/commands/information.device.yaml, DevicePropertiesAttestation
    fn attest(&mut self, nonce: Option<&[u8]>) -> Result<Option<Vec<Vec<u8>>>, SimError> {
        let network = self.network.clone();
        let Some(root) = network.attestation().filter(|_| self.config.can_attest()) else {
            return Ok(None);
        };
        let now = self.now_ms();
        if let Some((chain, at)) = &self.memory.attestation
            && now < at.saturating_add(ATTESTATION_LIFE_MS)
        {
            return Ok(Some(chain.clone()));
        }
        let enrollment = self.enrollment_ref()?;
        let properties = Properties {
            freshness: nonce.map(<[u8]>::to_vec),
            ..self.attested_properties(enrollment.profile.byod)
        };
        let key = new_p384_key()?;
        let chain = root.attest(key.public_key(), &properties)?;
        let chain: Vec<Vec<u8>> = chain.iter().map(|c| c.der().to_vec()).collect();
        self.memory.attestation = Some((chain.clone(), now));
        Ok(Some(chain))
    }

    /// A week later: the next query brings a new attestation.
    pub fn attestation_grows_old(&mut self) {
        self.memory.attestation = None;
    }
}
