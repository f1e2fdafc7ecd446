use plist::{Dictionary, Value};
use serde_json::Value as Json;

use super::DeviceDetails;
use super::fact::{Fact, convert};
use crate::WireError;
use crate::command::queries::QUERIES;
use crate::fields::{Mode, Read, clean};
use crate::platform::{OsVersion, Platform};

/// `QueryResponses` of `DeviceInformation`.
// Apple schema mdm/commands/information.device.yaml
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DeviceInformationResult {
    pub udid: Option<String>,
    pub serial_number: Option<String>,
    pub device_name: Option<String>,
    pub os_version: Option<String>,
    pub build_version: Option<String>,
    pub model: Option<String>,
    pub model_name: Option<String>,
    pub product_name: Option<String>,
    pub is_supervised: Option<bool>,
    pub pin_required_for_erase: Option<bool>,
    pub pin_required_for_lock: Option<bool>,
    /// What is no fact of the inventory.
    pub details: DeviceDetails,
    /// Keys whose value had another type than the schema says; they count as unknown.
    pub problems: Vec<&'static str>,
    facts: Vec<Fact>,
}

impl DeviceInformationResult {
    /// Reads the body of a result. A single bad value does not lose the others.
    pub fn read(body: &Dictionary) -> Result<Self, WireError> {
        let responses = body.dict("QueryResponses")?;
        let bytes_per_gigabyte = bytes_per_gigabyte(responses);
        let mut facts = Vec::new();
        let mut problems = Vec::new();
        for query in QUERIES {
            let Some(value) = responses.get(query.name) else {
                continue;
            };
            match convert(value, query.kind, bytes_per_gigabyte) {
                Ok(Some(json)) => facts.push((query.fact, json)),
                Ok(None) => {}
                Err(()) => problems.push(query.name),
            }
        }
        complete_from_subscriptions(&mut facts);
        let text = |key: &'static str| responses.get(key).and_then(Value::as_string).map(clean);
        let flag = |key: &'static str| responses.get(key).and_then(Value::as_boolean);
        Ok(Self {
            udid: text("UDID"),
            serial_number: text("SerialNumber"),
            device_name: text("DeviceName"),
            os_version: text("OSVersion"),
            build_version: text("BuildVersion"),
            model: text("Model"),
            model_name: text("ModelName"),
            product_name: text("ProductName"),
            is_supervised: flag("IsSupervised"),
            pin_required_for_erase: flag("PINRequiredForEraseDevice"),
            pin_required_for_lock: flag("PINRequiredForDeviceLock"),
            details: DeviceDetails::take_all(responses, Mode::Lenient)?,
            problems,
            facts,
        })
    }

    /// Every fact that the device told, each key once.
    pub fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }
}

/// Base 10, except on macOS 11 and earlier (base 2).
fn bytes_per_gigabyte(responses: &Dictionary) -> f64 {
    const BASE_10: f64 = 1_000_000_000.0;
    const BASE_2: f64 = 1_073_741_824.0;
    let text = |key: &str| responses.get(key).and_then(Value::as_string);
    let mac = text("ProductName").is_some_and(|product| {
        Platform::from_product_name(product).is_some_and(Platform::is_macos)
    });
    let old = text("OSVersion")
        .and_then(|version| version.parse::<OsVersion>().ok())
        .is_some_and(|version| version < OsVersion::new(12, 0));
    if mac && old { BASE_2 } else { BASE_10 }
}

/// From iOS 16 the single-SIM keys are deprecated: number, carrier and identifiers then stand
/// only in `ServiceSubscriptions`.
fn complete_from_subscriptions(facts: &mut Vec<Fact>) {
    let find = |facts: &[Fact], key: &str| {
        facts
            .iter()
            .find(|(fact, _)| *fact == key)
            .map(|(_, value)| value.clone())
    };
    let subscriptions = match find(facts, "service_subscriptions") {
        Some(Json::Array(items)) => items,
        _ => Vec::new(),
    };
    let main = subscriptions
        .iter()
        .find(|item| item.get("is_data_preferred") == Some(&Json::Bool(true)))
        .or_else(|| subscriptions.first());
    for key in [
        "imei",
        "meid",
        "iccid",
        "phone_number",
        "current_carrier_network",
        "subscriber_carrier_network",
        "carrier_settings_version",
        "is_roaming",
    ] {
        if find(facts, key).is_none()
            && let Some(value) = main.and_then(|item| item.get(key))
        {
            facts.push((key, value.clone()));
        }
    }
    let mut imeis: Vec<Json> = find(facts, "imei").into_iter().collect();
    let mut eids: Vec<Json> = Vec::new();
    for item in &subscriptions {
        for (list, key) in [(&mut imeis, "imei"), (&mut eids, "eid")] {
            if let Some(value) = item.get(key)
                && !list.contains(value)
            {
                list.push(value.clone());
            }
        }
    }
    for (key, list) in [("imeis", imeis), ("eids", eids)] {
        if !list.is_empty() {
            facts.push((key, Json::Array(list)));
        }
    }
}
