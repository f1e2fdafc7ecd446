use plist::{Dictionary, Value};

use super::Ids;
use crate::fields::{Build, Read};
use crate::{WireError, encode_plist};

/// `GetBootstrapToken`: a Mac asks for the token it stored here.
// Apple schema mdm/checkin/getbootstraptoken.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GetBootstrapToken {
    pub ids: Ids,
    pub awaiting_configuration: Option<bool>,
}

impl GetBootstrapToken {
    pub const MESSAGE_TYPE: &'static str = "GetBootstrapToken";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            awaiting_configuration: dict.opt_flag("AwaitingConfiguration")?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .opt("AwaitingConfiguration", self.awaiting_configuration);
        encode_plist(&self.ids.write(build).value())
    }

    /// The reply; without a stored token it has no key, which is not an error.
    pub fn reply(token: Option<&[u8]>) -> Vec<u8> {
        let token = token.map(|token| Value::Data(token.to_vec()));
        encode_plist(&Build::new().opt("BootstrapToken", token).value())
    }
}
