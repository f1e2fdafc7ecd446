//! `Settings`: each item stands for itself, and one that is refused leaves the others in force.

use plist::{Dictionary, Value};

use super::answer::Answer;
use crate::SimError;
use crate::device::Device;
use crate::plists::{dict, flag, int, text};

/// Where an item is allowed: first version on iPhone and iPad, on Macs, and how.
struct ItemRule {
    item: &'static str,
    ios: Option<(u32, u32)>,
    mac: Option<(u32, u32)>,
    supervised: bool,
    /// In User Enrollment: on iPhones and iPads, on Macs.
    personal: (bool, bool),
    /// Shared iPads alone.
    shared: bool,
    gone_in_27: bool,
}

const fn item(item: &'static str, ios: (u32, u32), mac: (u32, u32)) -> ItemRule {
    const fn some(version: (u32, u32)) -> Option<(u32, u32)> {
        match version {
            (0, 0) => None,
            version => Some(version),
        }
    }
    ItemRule {
        item,
        ios: some(ios),
        mac: some(mac),
        supervised: false,
        personal: (false, false),
        shared: false,
        gone_in_27: false,
    }
}

impl ItemRule {
    const fn supervised(self) -> Self {
        Self {
            supervised: true,
            ..self
        }
    }
    const fn personal(self, ios: bool, mac: bool) -> Self {
        Self {
            personal: (ios, mac),
            ..self
        }
    }
    const fn shared(self) -> Self {
        Self {
            shared: true,
            ..self
        }
    }
    const fn gone_in_27(self) -> Self {
        Self {
            gone_in_27: true,
            ..self
        }
    }
}

// Apple schema mdm/commands/settings.yaml
const ITEMS: &[ItemRule] = &[
    item("AccessibilitySettings", (16, 0), (0, 0)).supervised(),
    item("AppAnalytics", (9, 3), (0, 0)).shared(),
    item("ApplicationAttributes", (7, 0), (0, 0)).personal(true, false),
    item("ApplicationConfiguration", (7, 0), (10, 15)).personal(true, true),
    item("Bluetooth", (11, 3), (10, 13)).supervised(),
    item("DataRoaming", (5, 0), (0, 0)),
    item("DefaultApplications", (18, 2), (0, 0)),
    item("DeviceName", (5, 0), (10, 10)).supervised(),
    item("DiagnosticSubmission", (9, 3), (0, 0)).shared(),
    item("HostName", (0, 0), (10, 11)),
    item("MDMOptions", (7, 0), (10, 15)).personal(true, false),
    item("MaximumResidentUsers", (9, 3), (0, 0)).shared(),
    item("OrganizationInfo", (5, 0), (10, 9)).personal(true, true),
    item("PasscodeLockGracePeriod", (9, 3), (0, 0)).shared(),
    item("PersonalHotspot", (5, 0), (0, 0)),
    item("SharedDeviceConfiguration", (13, 4), (0, 0)).shared(),
    item("SoftwareUpdateSettings", (14, 5), (0, 0))
        .supervised()
        .gone_in_27(),
    item("TimeZone", (14, 0), (0, 0)).supervised(),
    item("VoiceRoaming", (5, 0), (0, 0)),
    item("Wallpaper", (8, 0), (0, 0)).supervised(),
];

impl Device {
    pub(super) fn settings(&mut self, request: &Dictionary) -> Result<Answer, SimError> {
        let items = request.get("Settings").and_then(Value::as_array);
        let Some(items) = items.filter(|items| !items.is_empty()) else {
            return Ok(Answer::format_error());
        };
        let byod = self.enrollment_ref()?.profile.byod;
        let mut results = Vec::new();
        for item in items {
            let Some(item) = item.as_dictionary() else {
                return Ok(Answer::format_error());
            };
            let Some(name) = text(item, "Item") else {
                return Ok(Answer::format_error());
            };
            let outcome = self
                .allows(name, byod)
                .and_then(|()| self.apply_item(name, item));
            let mut result = match outcome {
                Ok(()) => dict([("Status", "Acknowledged".into())]),
                Err(reason) => {
                    let chain = vec![Value::Dictionary(dict([
                        ("ErrorCode", 12_084_i64.into()),
                        ("ErrorDomain", "MCMDMErrorDomain".into()),
                        ("LocalizedDescription", reason.into()),
                        ("USEnglishDescription", reason.into()),
                    ]))];
                    dict([
                        ("Status", "Error".into()),
                        ("ErrorChain", Value::Array(chain)),
                    ])
                }
            };
            if let Some(identifier) = text(item, "Identifier") {
                result.insert("Identifier".into(), identifier.into());
            }
            results.push(Value::Dictionary(result));
        }
        Ok(Answer::acknowledged(dict([(
            "Settings",
            Value::Array(results),
        )])))
    }

    fn allows(&self, name: &str, byod: bool) -> Result<(), &'static str> {
        let rule = ITEMS.iter().find(|rule| rule.item == name);
        let rule = rule.ok_or("The setting is not known.")?;
        let mac = self.config.kind.is_mac();
        let introduced = if mac { rule.mac } else { rule.ios };
        if introduced.is_none_or(|version| self.config.os() < version) {
            return Err("The setting is not supported here.");
        }
        if rule.gone_in_27 && self.config.os_major() >= 27 {
            return Err("The setting is no longer supported.");
        }
        // On Macs the flag of the schema is for iPhones and iPads alone.
        if rule.supervised && !mac && !self.config.supervised {
            return Err("The setting needs a supervised device.");
        }
        if byod
            && !(if mac {
                rule.personal.1
            } else {
                rule.personal.0
            })
        {
            return Err("The setting is not allowed in User Enrollment.");
        }
        if rule.shared && !self.config.shared_ipad {
            return Err("The setting is for Shared iPads.");
        }
        Ok(())
    }

    fn apply_item(&mut self, name: &str, item: &Dictionary) -> Result<(), &'static str> {
        const MALFORMED: &str = "The setting is malformed.";
        let enabled = || flag(item, "Enabled").ok_or(MALFORMED);
        let word = |key| text(item, key).map(str::to_owned).ok_or(MALFORMED);
        match name {
            "DeviceName" => self.config.name = word("DeviceName")?,
            "HostName" => self.memory.host_name = Some(word("HostName")?),
            "TimeZone" => self.memory.time_zone = Some(word("TimeZone")?),
            "Bluetooth" => self.memory.bluetooth = Some(enabled()?),
            "DataRoaming" => self.memory.data_roaming = Some(enabled()?),
            "PersonalHotspot" => self.memory.hotspot = Some(enabled()?),
            "VoiceRoaming" | "DiagnosticSubmission" | "AppAnalytics" => {
                enabled()?;
            }
            "Wallpaper" => {
                let image = item
                    .get("Image")
                    .and_then(Value::as_data)
                    .ok_or(MALFORMED)?;
                let place = int(item, "Where").filter(|place| (1..=3).contains(place));
                if image.is_empty() || place.is_none() {
                    return Err(MALFORMED);
                }
            }
            "MDMOptions" => {
                let options = item.get("MDMOptions").and_then(Value::as_dictionary);
                let options = options.ok_or(MALFORMED)?;
                if let Some(allowed) = flag(options, "ActivationLockAllowedWhileSupervised") {
                    self.memory.activation_lock_allowed = allowed;
                }
            }
            "ApplicationConfiguration" | "ApplicationAttributes" => {
                word("Identifier")?;
            }
            "MaximumResidentUsers" | "PasscodeLockGracePeriod" => {
                int(item, name).ok_or(MALFORMED)?;
            }
            "SoftwareUpdateSettings" => {
                let cadence = int(item, "RecommendationCadence");
                cadence
                    .filter(|cadence| (0..=2).contains(cadence))
                    .ok_or(MALFORMED)?;
            }
            _ => {}
        }
        Ok(())
    }
}
