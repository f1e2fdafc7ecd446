use http::StatusCode;
use plist::Value;
use tillsyn_apple::checkin::ReturnToService;
use tillsyn_apple::plist_guard::Limits;

use super::Device;
use crate::plists::{dictionary, flag};
use crate::{Rule, SimError, Violation};

/// How the server wants an erased device to come back.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnPolicy {
    pub enabled: bool,
    pub has_wifi_profile: bool,
    pub has_mdm_profile: bool,
    pub has_bootstrap_token: bool,
}

impl Device {
    /// Asks before it erases itself. An error would leave it on the table, erased and nobody's.
    // Apple schema mdm/checkin/returntoservice.yaml (OS 26)
    pub async fn ask_return_to_service(&mut self) -> Result<ReturnPolicy, SimError> {
        const STEP: &str = ReturnToService::MESSAGE_TYPE;
        let message = ReturnToService { ids: self.ids()? };
        let reply = self
            .check_in_answered(STEP, "device", message.to_plist())
            .await?;
        let breach = |detail: String| SimError::from(Violation::new(Rule::ReturnToService, detail));
        if reply.status != StatusCode::OK {
            let detail = format!("{STEP}: 200 expected, got {}", reply.status.as_u16());
            return self.note(Err(breach(detail)));
        }
        let policy = dictionary(&reply.body, Limits::CHECK_IN)
            .map_err(|error| breach(format!("{STEP}: {error}")))
            .and_then(|dict| {
                let policy = dict.get("ReturnToService").and_then(Value::as_dictionary);
                policy
                    .cloned()
                    .ok_or_else(|| breach(format!("{STEP}: no such key in the answer")))
            });
        let policy = self.note(policy)?;
        let Some(enabled) = flag(&policy, "Enabled") else {
            return self.note(Err(breach(format!("{STEP}: Enabled is missing"))));
        };
        let token = policy.get("BootstrapToken").and_then(Value::as_data);
        if token.is_some() && token != self.memory.bootstrap_token.as_deref() {
            let detail = "the bootstrap token is not the device's";
            self.record(Violation::new(Rule::BootstrapToken, detail));
        }
        Ok(ReturnPolicy {
            enabled,
            has_wifi_profile: policy.contains_key("WiFiProfileData"),
            has_mdm_profile: policy.contains_key("MDMProfileData"),
            has_bootstrap_token: token.is_some(),
        })
    }
}
