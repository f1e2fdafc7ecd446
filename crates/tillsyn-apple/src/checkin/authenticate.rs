use plist::Dictionary;

use super::Ids;
use crate::fields::{Build, Read};
use crate::ids::Topic;
use crate::{WireError, encode_plist};

/// `Authenticate`: a device asks to enroll. Alone it is not an enrollment; the first
/// `TokenUpdate` completes it.
// Apple schema mdm/checkin/authenticate.yaml
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticate {
    pub ids: Ids,
    pub topic: Topic,
    /// macOS only, as are `model` and `model_name`.
    pub device_name: Option<String>,
    pub model: Option<String>,
    pub model_name: Option<String>,
    pub os_version: Option<String>,
    pub build_version: Option<String>,
    pub product_name: Option<String>,
    /// Never in User Enrollment, nor are `imei` and `meid`.
    pub serial_number: Option<String>,
    pub imei: Option<String>,
    pub meid: Option<String>,
}

impl Authenticate {
    pub const MESSAGE_TYPE: &'static str = "Authenticate";

    /// A message with the required keys only.
    pub fn new(ids: Ids, topic: Topic) -> Self {
        Self {
            ids,
            topic,
            device_name: None,
            model: None,
            model_name: None,
            os_version: None,
            build_version: None,
            product_name: None,
            serial_number: None,
            imei: None,
            meid: None,
        }
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            ids: Ids::read(dict)?,
            topic: Topic::new(dict.text("Topic")?)?,
            device_name: dict.opt_text("DeviceName")?,
            model: dict.opt_text("Model")?,
            model_name: dict.opt_text("ModelName")?,
            os_version: dict.opt_text("OSVersion")?,
            build_version: dict.opt_text("BuildVersion")?,
            product_name: dict.opt_text("ProductName")?,
            serial_number: dict.opt_text("SerialNumber")?,
            imei: dict.opt_text("IMEI")?,
            meid: dict.opt_text("MEID")?,
        })
    }

    pub fn to_plist(&self) -> Vec<u8> {
        let build = Build::new()
            .set("MessageType", Self::MESSAGE_TYPE)
            .set("Topic", self.topic.as_str())
            .opt("DeviceName", self.device_name.as_deref())
            .opt("Model", self.model.as_deref())
            .opt("ModelName", self.model_name.as_deref())
            .opt("OSVersion", self.os_version.as_deref())
            .opt("BuildVersion", self.build_version.as_deref())
            .opt("ProductName", self.product_name.as_deref())
            .opt("SerialNumber", self.serial_number.as_deref())
            .opt("IMEI", self.imei.as_deref())
            .opt("MEID", self.meid.as_deref());
        encode_plist(&self.ids.write(build).value())
    }
}
