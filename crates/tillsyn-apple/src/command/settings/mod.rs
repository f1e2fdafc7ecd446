//! `Settings`: a batch of settings, each of which the device accepts or refuses by itself.
// Apple schema mdm/commands/settings.yaml

mod items;

use plist::{Dictionary, Value};

pub use items::{
    AccessibilitySettings, AppAttributes, ApplicationAttributes, ApplicationConfiguration,
    AwaitUserConfiguration, DefaultApplications, DeviceName, HostName, MaximumResidentUsers,
    MdmOptions, MdmOptionsSetting, OrganizationInfo, OrganizationInfoSetting,
    PasscodeLockGracePeriod, SharedDeviceConfiguration, SharedPasscodePolicy,
    SoftwareUpdateSettings, Switch, TimeZone, Wallpaper,
};

use super::body::Rules;
use crate::WireError;
use crate::fields::{Build, Mode, Read, Wire, command};

command! {
    /// `Settings`.
    pub struct Settings {
        settings: Vec<SettingsItem> = "Settings",
    }
}

impl Settings {
    pub fn one(item: SettingsItem) -> Self {
        Self {
            settings: vec![item],
        }
    }
}

macro_rules! items {
    ($($(#[$meta:meta])* $name:ident($ty:ty),)+) => {
        /// One setting, named on the wire by its `Item`.
        #[derive(Debug, Clone, PartialEq)]
        pub enum SettingsItem {
            $($(#[$meta])* $name($ty),)+
            /// An item that the schema does not have; its name only.
            Unknown(String),
        }

        impl SettingsItem {
            /// Every item of the schema.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];

            /// `Item` on the wire.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$name(_) => stringify!($name),)+
                    Self::Unknown(name) => name,
                }
            }
        }

        impl Wire for SettingsItem {
            const EXPECTED: &'static str = "dictionary";

            fn from_value(value: &Value, key: &'static str, mode: Mode) -> Result<Self, WireError> {
                let dict = value.as_dictionary().ok_or(WireError::WrongType {
                    key,
                    expected: Self::EXPECTED,
                })?;
                let name = dict.text("Item")?;
                Ok(match name.as_str() {
                    $(stringify!($name) => Self::$name(<$ty>::take_all(dict, mode)?),)+
                    _ => Self::Unknown(name),
                })
            }

            fn to_value(&self) -> Value {
                let build = Build::new().set("Item", self.name());
                match self {
                    $(Self::$name(item) => item.put_all(build),)+
                    Self::Unknown(_) => build,
                }
                .value()
            }
        }
    };
}

items! {
    Wallpaper(Wallpaper),
    DataRoaming(Switch),
    VoiceRoaming(Switch),
    PersonalHotspot(Switch),
    Bluetooth(Switch),
    ApplicationConfiguration(ApplicationConfiguration),
    ApplicationAttributes(ApplicationAttributes),
    DeviceName(DeviceName),
    HostName(HostName),
    OrganizationInfo(OrganizationInfoSetting),
    DefaultApplications(DefaultApplications),
    MDMOptions(MdmOptionsSetting),
    MaximumResidentUsers(MaximumResidentUsers),
    SharedDeviceConfiguration(SharedDeviceConfiguration),
    DiagnosticSubmission(Switch),
    AppAnalytics(Switch),
    PasscodeLockGracePeriod(PasscodeLockGracePeriod),
    TimeZone(TimeZone),
    /// Removed in OS 27.
    SoftwareUpdateSettings(SoftwareUpdateSettings),
    AccessibilitySettings(AccessibilitySettings),
}

/// Seconds that the schema allows between a lock and the need for a passcode.
const GRACE_PERIODS: [i64; 6] = [0, 60, 300, 900, 3600, 14_400];

impl SettingsItem {
    fn check(&self) -> Result<(), WireError> {
        let fits = match self {
            Self::Wallpaper(w) => (1..=3).contains(&w.location) && !w.image.is_empty(),
            Self::DeviceName(n) => !n.device_name.trim().is_empty(),
            Self::HostName(n) => !n.host_name.trim().is_empty(),
            Self::OrganizationInfo(o) => o
                .organization_info
                .as_ref()
                .is_none_or(|info| !info.name.trim().is_empty()),
            Self::MaximumResidentUsers(m) => m.maximum_resident_users >= 1,
            Self::SharedDeviceConfiguration(s) => s.fits(),
            Self::PasscodeLockGracePeriod(p) => GRACE_PERIODS.contains(&p.seconds),
            Self::TimeZone(t) => !t.time_zone.trim().is_empty(),
            Self::SoftwareUpdateSettings(s) => (0..=2).contains(&s.recommendation_cadence),
            Self::AccessibilitySettings(a) => {
                a.text_size.is_none_or(|size| (0..=11).contains(&size))
            }
            _ => true,
        };
        if fits {
            Ok(())
        } else {
            Err(WireError::malformed(format!(
                "a value of the setting {} is outside what the schema allows",
                self.name()
            )))
        }
    }
}

impl Rules for Settings {
    fn check(&self) -> Result<(), WireError> {
        if self.settings.is_empty() {
            return Err(WireError::malformed("no setting is named"));
        }
        self.settings.iter().try_for_each(SettingsItem::check)
    }

    /// Configurations of apps hold whatever their maker wants, passwords included.
    fn carries_secret(&self) -> bool {
        self.settings.iter().any(|item| {
            matches!(
                item,
                SettingsItem::ApplicationConfiguration(_) | SettingsItem::Unknown(_)
            )
        })
    }
}

impl SharedDeviceConfiguration {
    fn fits(&self) -> bool {
        let positive = |n: Option<i64>| n.is_none_or(|n| n >= 0);
        let policy = self.passcode_policy.as_ref();
        // The two ways to divide the storage exclude each other.
        let one_way = self.quota_size.is_none() || self.resident_users.is_none();
        one_way
            && [
                self.quota_size,
                self.resident_users,
                self.user_session_timeout,
                self.temporary_session_timeout,
                self.online_authentication_grace_period,
                policy.and_then(|p| p.auto_lock_time),
            ]
            .into_iter()
            .all(positive)
            && policy
                .and_then(|p| p.passcode_lock_grace_period)
                .is_none_or(|seconds| GRACE_PERIODS.contains(&seconds))
    }
}

/// The items of a `Settings` request as a dictionary, also where one cannot be read.
pub(crate) fn item_names(request: &Dictionary) -> Vec<String> {
    request
        .get("Settings")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_dictionary)
        .filter_map(|item| item.get("Item"))
        .filter_map(Value::as_string)
        .map(crate::fields::clean)
        .collect()
}
