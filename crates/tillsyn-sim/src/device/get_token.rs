use http::StatusCode;
use plist::Value;
use tillsyn_apple::checkin::GetToken;
use tillsyn_apple::plist_guard::Limits;

use super::Device;
use super::check_in::error_code;
use crate::plists::dictionary;
use crate::{Rule, SimError, Violation};

impl Device {
    /// Asks for a token of an Apple service, such as `com.apple.maid`. A server that has none
    /// says so with an error of its own; that is [`SimError::Refused`] and no breach.
    // Apple schema mdm/checkin/gettoken.yaml
    pub async fn get_token(&mut self, service: &str) -> Result<Vec<u8>, SimError> {
        const STEP: &str = GetToken::MESSAGE_TYPE;
        let message = GetToken {
            ids: self.ids()?,
            token_service_type: service.to_owned(),
            token_parameters: None,
        };
        let reply = self
            .check_in_answered(STEP, "device", message.to_plist())
            .await?;
        if reply.status != StatusCode::OK {
            if reply.status.is_success() || reply.status.is_redirection() {
                let detail = format!("{STEP}: got {}", reply.status.as_u16());
                return self.note(Err(Violation::new(Rule::GetToken, detail).into()));
            }
            return Err(SimError::Refused {
                step: STEP,
                status: reply.status.as_u16(),
                code: error_code(&reply),
            });
        }
        let token = dictionary(&reply.body, Limits::CHECK_IN)
            .ok()
            .and_then(|dict| {
                dict.get("TokenData")
                    .and_then(Value::as_data)
                    .map(<[u8]>::to_vec)
            })
            .filter(|token| !token.is_empty());
        let missing = || Violation::new(Rule::GetToken, "200 without TokenData").into();
        self.note(token.ok_or_else(missing))
    }
}
