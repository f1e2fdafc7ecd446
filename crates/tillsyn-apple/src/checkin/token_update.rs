use plist::{Dictionary, Value};

use super::Ids;
use crate::fields::{Build, Read};
use crate::ids::{PushMagic, PushToken, Topic};
use crate::{Sensitive, WireError, encode_plist};

/// `TokenUpdate`: how one channel can be woken. It may come at any time and may never repeat.
// Apple schema mdm/checkin/tokenupdate.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenUpdate {
    pub ids: Ids,
    pub topic: Topic,
    pub token: PushToken,
    pub push_magic: PushMagic,
    /// Absent does not make a stored one invalid. An empty value counts as absent.
    pub unlock_token: Option<Sensitive<Vec<u8>>>,
    pub awaiting_configuration: Option<bool>,
    /// macOS user channel.
    pub not_on_console: Option<bool>,
}

impl TokenUpdate {
    pub const MESSAGE_TYPE: &'static str = "TokenUpdate";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            topic: Topic::new(dict.text("Topic")?)?,
            token: PushToken::new(dict.data("Token")?)?,
            push_magic: PushMagic::new(dict.text("PushMagic")?)?,
            unlock_token: dict
                .opt_data("UnlockToken")?
                .filter(|token| !token.is_empty())
                .map(Sensitive::new),
            awaiting_configuration: dict.opt_flag("AwaitingConfiguration")?,
            not_on_console: dict.opt_flag("NotOnConsole")?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let unlock_token = self
            .unlock_token
            .as_ref()
            .map(|token| Value::Data(token.expose().clone()));
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .set("Topic", self.topic.as_str())
            .set("Token", Value::Data(self.token.as_bytes().to_vec()))
            .set("PushMagic", self.push_magic.expose())
            .opt("UnlockToken", unlock_token)
            .opt("AwaitingConfiguration", self.awaiting_configuration)
            .opt("NotOnConsole", self.not_on_console);
        encode_plist(&self.ids.write(build).value())
    }
}
