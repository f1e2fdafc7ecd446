//! The questions of the inventory.

use serde_json::json;

use crate::clock::HOUR_MS;
use crate::commands::Request;
use crate::error::Error;

use super::setting::InventorySettings;

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InventoryKind {
    Device,
    Security,
    Profiles,
    Certificates,
    Apps,
    Users,
    Updates,
    /// The device's own code past its Activation Lock: it may make a new one at any time.
    ActivationLock,
}

impl InventoryKind {
    /// In the order in which a new device is asked.
    pub const ALL: [Self; 8] = [
        Self::Device,
        Self::Security,
        Self::Profiles,
        Self::Certificates,
        Self::Apps,
        Self::Users,
        Self::Updates,
        Self::ActivationLock,
    ];

    /// The value in store and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Security => "security",
            Self::Profiles => "profiles",
            Self::Certificates => "certificates",
            Self::Apps => "apps",
            Self::Users => "users",
            Self::Updates => "updates",
            Self::ActivationLock => "activation_lock",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Apple's `RequestType`.
    pub(crate) fn request_type(self) -> &'static str {
        match self {
            Self::Device => "DeviceInformation",
            Self::Security => "SecurityInfo",
            Self::Profiles => "ProfileList",
            Self::Certificates => "CertificateList",
            Self::Apps => "InstalledApplicationList",
            Self::Users => "UserList",
            Self::Updates => "AvailableOSUpdates",
            Self::ActivationLock => "ActivationLockBypassCode",
        }
    }

    /// Whether only what the organisation put there may be asked. Which profile manages a device that was
    /// moved in stands only in the whole list; nothing else of that answer is kept.
    pub(crate) fn is_narrowed(self, personal: bool, own_profile_known: bool) -> bool {
        personal && (self != Self::Profiles || own_profile_known)
    }

    /// The command that asks it. Of a personal device only what the organisation put there is asked.
    ///
    /// # Errors
    /// Never with the catalogue as it is; a test makes every one of them.
    pub(crate) fn request(self, narrowed: bool) -> Result<Request, Error> {
        let parameters = match (self, narrowed) {
            (Self::Profiles | Self::Certificates, true) => json!({ "managed_only": true }),
            (Self::Apps, true) => json!({ "managed_apps_only": true }),
            _ => json!({}),
        };
        Request::form(self.request_type(), parameters)
    }

    /// The question that a command answers, if it is one of these.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.request_type() == request.request_type())
    }

    /// Time from one question to the next, in milliseconds. The list of apps is long and changes slowly.
    pub(crate) fn period_ms(self, settings: &InventorySettings) -> i64 {
        match self {
            Self::Apps => settings.apps_hours * HOUR_MS,
            _ => settings.device_hours * HOUR_MS,
        }
    }
}
