use plist::Dictionary;

use super::Ids;
use crate::fields::{Build, Read};
use crate::ids::Topic;
use crate::{WireError, encode_plist};

/// `CheckOut`: management was removed on the device. Sent once and never repeated.
// Apple schema mdm/checkin/checkout.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckOut {
    pub ids: Ids,
    pub topic: Topic,
}

impl CheckOut {
    pub const MESSAGE_TYPE: &'static str = "CheckOut";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            topic: Topic::new(dict.text("Topic")?)?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .set("Topic", self.topic.as_str());
        encode_plist(&self.ids.write(build).value())
    }
}
