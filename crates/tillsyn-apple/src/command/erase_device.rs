use std::fmt;
use std::str::FromStr;

use plist::{Dictionary, Value};

use super::Pin;
use crate::fields::{Build, Read};
use crate::{Sensitive, WireError};

/// `EraseDevice`: erases everything. `Acknowledged` means that it has begun.
// Apple schema mdm/commands/device.erase.yaml
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EraseDevice {
    /// macOS only; needed where "Erase All Content and Settings" cannot run.
    pub pin: Option<Pin>,
    pub preserve_data_plan: Option<bool>,
    pub disallow_proximity_setup: Option<bool>,
    pub obliteration_behavior: Option<ObliterationBehavior>,
    pub return_to_service: Option<ReturnToService>,
}

/// What a Mac does when it cannot erase all content and settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObliterationBehavior {
    Default,
    DoNotObliterate,
    ObliterateWithWarning,
    Always,
}

/// Enroll again by itself after the erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnToService {
    pub enabled: bool,
    /// Profiles hold passwords and challenges.
    pub wifi_profile_data: Option<Sensitive<Vec<u8>>>,
    pub mdm_profile_data: Option<Sensitive<Vec<u8>>>,
    pub bootstrap_token: Option<Sensitive<Vec<u8>>>,
}

impl ObliterationBehavior {
    pub const ALL: [Self; 4] = [
        Self::Default,
        Self::DoNotObliterate,
        Self::ObliterateWithWarning,
        Self::Always,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::DoNotObliterate => "DoNotObliterate",
            Self::ObliterateWithWarning => "ObliterateWithWarning",
            Self::Always => "Always",
        }
    }
}

impl fmt::Display for ObliterationBehavior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ObliterationBehavior {
    type Err = WireError;

    fn from_str(text: &str) -> Result<Self, WireError> {
        Self::ALL
            .into_iter()
            .find(|behavior| behavior.as_str() == text)
            .ok_or_else(|| WireError::unsupported("ObliterationBehavior"))
    }
}

impl EraseDevice {
    pub(crate) fn write(&self, build: Build) -> Build {
        let behavior = self.obliteration_behavior.map(ObliterationBehavior::as_str);
        build
            .opt("PIN", self.pin.as_ref().map(Pin::expose))
            .opt("PreserveDataPlan", self.preserve_data_plan)
            .opt("DisallowProximitySetup", self.disallow_proximity_setup)
            .opt("ObliterationBehavior", behavior)
            .opt(
                "ReturnToService",
                self.return_to_service.as_ref().map(ReturnToService::write),
            )
    }

    pub(crate) fn read(dict: &Dictionary) -> Result<Self, WireError> {
        Ok(Self {
            pin: dict
                .opt_text("PIN")?
                .map(|pin| Pin::new(&pin))
                .transpose()?,
            preserve_data_plan: dict.opt_flag("PreserveDataPlan")?,
            disallow_proximity_setup: dict.opt_flag("DisallowProximitySetup")?,
            obliteration_behavior: dict
                .opt_text("ObliterationBehavior")?
                .map(|text| text.parse())
                .transpose()?,
            return_to_service: dict
                .opt_dict("ReturnToService")?
                .map(ReturnToService::read)
                .transpose()?,
        })
    }
}

impl ReturnToService {
    fn write(&self) -> Value {
        let data = |bytes: &Option<Sensitive<Vec<u8>>>| {
            bytes.as_ref().map(|b| Value::Data(b.expose().clone()))
        };
        Build::new()
            .set("Enabled", self.enabled)
            .opt("WiFiProfileData", data(&self.wifi_profile_data))
            .opt("MDMProfileData", data(&self.mdm_profile_data))
            .opt("BootstrapToken", data(&self.bootstrap_token))
            .value()
    }

    fn read(dict: &Dictionary) -> Result<Self, WireError> {
        let data = |key| dict.opt_data(key).map(|bytes| bytes.map(Sensitive::new));
        Ok(Self {
            enabled: dict
                .opt_flag("Enabled")?
                .ok_or(WireError::Missing { key: "Enabled" })?,
            wifi_profile_data: data("WiFiProfileData")?,
            mdm_profile_data: data("MDMProfileData")?,
            bootstrap_token: data("BootstrapToken")?,
        })
    }
}
