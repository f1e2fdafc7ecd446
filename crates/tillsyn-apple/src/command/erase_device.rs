use super::Pin;
use super::body::Rules;
use crate::Sensitive;
use crate::fields::{command, dictionary, words};

command! {
    /// `EraseDevice`: erases everything. `Acknowledged` means that it has begun.
    // Apple schema mdm/commands/device.erase.yaml
    #[derive(Default)]
    pub struct EraseDevice {
        /// macOS only; needed where "Erase All Content and Settings" cannot run.
        pin: Option<Pin> = "PIN",
        preserve_data_plan: Option<bool> = "PreserveDataPlan",
        disallow_proximity_setup: Option<bool> = "DisallowProximitySetup",
        obliteration_behavior: Option<ObliterationBehavior> = "ObliterationBehavior",
        return_to_service: Option<ReturnToService> = "ReturnToService",
    }
}

words! {
    /// What a Mac does when it cannot erase all content and settings.
    pub enum ObliterationBehavior {
        Default = "Default",
        DoNotObliterate = "DoNotObliterate",
        ObliterateWithWarning = "ObliterateWithWarning",
        Always = "Always",
    }
}

dictionary! {
    /// Enroll again by itself after the erasure; also the answer to the check-in message of
    /// this name.
    // Apple schema mdm/checkin/returntoservice.yaml (OS 26)
    #[derive(Eq, Default)]
    pub struct ReturnToService {
        enabled: bool = "Enabled",
        /// Profiles hold passwords and challenges.
        wifi_profile_data: Option<Sensitive<Vec<u8>>> = "WiFiProfileData",
        mdm_profile_data: Option<Sensitive<Vec<u8>>> = "MDMProfileData",
        /// OS 26: keeps the apps.
        bootstrap_token: Option<Sensitive<Vec<u8>>> = "BootstrapToken",
        /// OS 27.
        should_retry_enrollment: Option<bool> = "ShouldRetryEnrollment",
    }
}

impl Rules for EraseDevice {
    fn carries_secret(&self) -> bool {
        self.pin.is_some() || self.return_to_service.is_some()
    }
}
