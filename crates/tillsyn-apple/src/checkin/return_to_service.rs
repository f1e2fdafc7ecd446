use plist::Dictionary;

use super::Ids;
use crate::command::ReturnToService as Policy;
use crate::fields::{Build, Wire};
use crate::{WireError, encode_plist};

/// `ReturnToService`: a device in that mode asks how to come back.
// Apple schema mdm/checkin/returntoservice.yaml (OS 26)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnToService {
    pub ids: Ids,
}

impl ReturnToService {
    pub const MESSAGE_TYPE: &'static str = "ReturnToService";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new().set("MessageType", Self::MESSAGE_TYPE);
        encode_plist(&self.ids.write(build).value())
    }

    /// The answer where no policy exists; an error status would be wrong.
    pub fn disabled_reply() -> Vec<u8> {
        Self::reply(&Policy::default())
    }

    /// How the device comes back. Without the bootstrap token it erases its apps as well.
    pub fn reply(policy: &Policy) -> Vec<u8> {
        encode_plist(
            &Build::new()
                .set("ReturnToService", policy.to_value())
                .value(),
        )
    }
}
