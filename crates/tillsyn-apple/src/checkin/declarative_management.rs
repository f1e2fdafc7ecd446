use plist::{Dictionary, Value};

use super::Ids;
use crate::fields::{Build, Read};
use crate::{WireError, encode_plist};

/// `DeclarativeManagement`: the device fetches declarations or reports its status.
// Apple schema mdm/checkin/declarativemanagement.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarativeManagement {
    pub ids: Ids,
    /// `tokens`, `declaration-items`, `status` or `declaration/<type>/<identifier>`.
    pub endpoint: String,
    /// JSON.
    pub data: Option<Vec<u8>>,
}

impl DeclarativeManagement {
    pub const MESSAGE_TYPE: &'static str = "DeclarativeManagement";

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            endpoint: dict.text("Endpoint")?,
            data: dict.opt_data("Data")?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .set("Endpoint", self.endpoint.as_str())
            .opt("Data", self.data.clone().map(Value::Data));
        encode_plist(&self.ids.write(build).value())
    }
}
