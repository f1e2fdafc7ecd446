use http::StatusCode;
use plist::Value;
use tillsyn_apple::Sensitive;
use tillsyn_apple::checkin::{GetBootstrapToken, SetBootstrapToken};
use tillsyn_apple::plist_guard::Limits;
use tillsyn_pki::hash;

use super::Device;
use crate::plists::dictionary;
use crate::{Rule, SimError, Violation};

impl Device {
    /// Hands a token over; `None` takes it back.
    // Apple schema mdm/checkin/setbootstraptoken.yaml
    pub async fn set_bootstrap_token(&mut self, token: Option<&[u8]>) -> Result<(), SimError> {
        let message = SetBootstrapToken {
            ids: self.ids()?,
            bootstrap_token: token.map(|token| Sensitive::new(token.to_vec())),
            awaiting_configuration: Some(self.channel_ref(0)?.awaiting_configuration),
        };
        let token = token.map(<[u8]>::to_vec);
        self.memory.bootstrap_token_sent.clone_from(&token);
        self.check_in(
            SetBootstrapToken::MESSAGE_TYPE,
            "device",
            message.to_plist(),
        )
        .await?;
        self.memory.bootstrap_token_sent = None;
        self.memory.bootstrap_token = token;
        Ok(())
    }

    /// A token of its own making.
    pub(crate) async fn escrow_bootstrap_token(&mut self) -> Result<(), SimError> {
        let token = hash::random_bytes::<32>();
        self.set_bootstrap_token(Some(&token)).await
    }

    /// Asks for the token back: what it handed over in this enrollment, or nothing.
    // Apple schema mdm/checkin/getbootstraptoken.yaml
    pub async fn get_bootstrap_token(&mut self) -> Result<Option<Vec<u8>>, SimError> {
        const STEP: &str = GetBootstrapToken::MESSAGE_TYPE;
        let message = GetBootstrapToken {
            ids: self.ids()?,
            awaiting_configuration: Some(self.channel_ref(0)?.awaiting_configuration),
        };
        let reply = self
            .check_in_answered(STEP, "device", message.to_plist())
            .await?;
        let breach = |detail: String| SimError::from(Violation::new(Rule::BootstrapToken, detail));
        if reply.status != StatusCode::OK {
            let detail = format!("{STEP}: 200 expected, got {}", reply.status.as_u16());
            return self.note(Err(breach(detail)));
        }
        let dict = dictionary(&reply.body, Limits::CHECK_IN)
            .map_err(|error| breach(format!("{STEP}: {error}")));
        let dict = self.note(dict)?;
        let token = match dict.get("BootstrapToken") {
            None => None,
            Some(Value::Data(token)) if token.is_empty() => None,
            Some(Value::Data(token)) => Some(token.clone()),
            Some(_) => return self.note(Err(breach(format!("{STEP}: the token is no data")))),
        };
        // An answer that was lost on the way: now it is known that the server had taken it.
        if let Some(sent) = self.memory.bootstrap_token_sent.take()
            && token.as_ref() == Some(&sent)
        {
            self.memory.bootstrap_token = Some(sent);
        }
        if token != self.memory.bootstrap_token {
            let detail = match (&token, &self.memory.bootstrap_token) {
                (Some(_), Some(_)) => "the token is another one than was handed over",
                (Some(_), None) => "a token came though none was handed over",
                (None, _) => "the token that was handed over is gone",
            };
            self.record(Violation::new(Rule::BootstrapToken, detail));
        }
        Ok(token)
    }
}
