use plist::{Dictionary, Value};

use super::Ids;
use crate::fields::{Build, Read};
use crate::{Sensitive, WireError, encode_plist};

/// `SetBootstrapToken`: a Mac hands over its bootstrap token, or takes it back.
// Apple schema mdm/checkin/setbootstraptoken.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetBootstrapToken {
    pub ids: Ids,
    /// `None` (absent or empty on the wire) means: delete the stored token.
    pub bootstrap_token: Option<Sensitive<Vec<u8>>>,
    pub awaiting_configuration: Option<bool>,
}

impl SetBootstrapToken {
    pub const MESSAGE_TYPE: &'static str = "SetBootstrapToken";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            bootstrap_token: dict
                .opt_data("BootstrapToken")?
                .filter(|token| !token.is_empty())
                .map(Sensitive::new),
            awaiting_configuration: dict.opt_flag("AwaitingConfiguration")?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let token = self
            .bootstrap_token
            .as_ref()
            .map(|token| Value::Data(token.expose().clone()));
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .opt("BootstrapToken", token)
            .opt("AwaitingConfiguration", self.awaiting_configuration);
        encode_plist(&self.ids.write(build).value())
    }
}
