use plist::Dictionary;

use super::Ids;
use crate::fields::Build;
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
        let inner = Build::new().set("Enabled", false).value();
        encode_plist(&Build::new().set("ReturnToService", inner).value())
    }
}
