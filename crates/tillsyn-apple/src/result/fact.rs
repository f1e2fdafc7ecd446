use plist::{Dictionary, Value};
use serde_json::Value as Json;

use crate::command::queries::ValueKind;
use crate::fields::clean;

/// A fact about a device: a stable key in snake_case and its value.
pub type Fact = (&'static str, Json);

/// `Err` when the value has another type than the schema says; `Ok(None)` when the device says
/// that it does not know.
pub(super) fn convert(
    value: &Value,
    kind: ValueKind,
    bytes_per_gigabyte: f64,
) -> Result<Option<Json>, ()> {
    let json = match kind {
        ValueKind::Text => {
            let text = value.as_string().ok_or(())?;
            (!text.is_empty()).then(|| Json::from(clean(text)))
        }
        ValueKind::Flag => Some(Json::from(value.as_boolean().ok_or(())?)),
        ValueKind::Int => Some(Json::from(value.as_signed_integer().ok_or(())?)),
        ValueKind::Date => Some(Json::from(value.as_date().ok_or(())?.to_xml_format())),
        ValueKind::Level => {
            let level = number(value).ok_or(())?;
            (0.0..=1.0).contains(&level).then(|| Json::from(level))
        }
        ValueKind::Capacity => {
            capacity(number(value).ok_or(())?, bytes_per_gigabyte).map(Json::from)
        }
        ValueKind::Subscriptions => Some(subscriptions(value.as_array().ok_or(())?)),
    };
    Ok(json)
}

/// Devices write whole numbers as integers, also where the schema says real.
fn number(value: &Value) -> Option<f64> {
    value
        .as_real()
        .or_else(|| {
            value
                .as_signed_integer()
                .and_then(|n| i32::try_from(n).ok())
                .map(f64::from)
        })
        .filter(|number| number.is_finite())
}

/// Above any real device and exactly representable.
const MAX_GIGABYTES: f64 = 1_000_000.0;

fn capacity(gigabytes: f64, bytes_per_gigabyte: f64) -> Option<u64> {
    if !(0.0..=MAX_GIGABYTES).contains(&gigabytes) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 1e15 by the check above"
    )]
    Some((gigabytes * bytes_per_gigabyte).round() as u64)
}

const SUBSCRIPTION_TEXTS: [(&str, &str); 11] = [
    ("Slot", "slot"),
    ("Label", "label"),
    ("LabelID", "label_id"),
    ("IMEI", "imei"),
    ("MEID", "meid"),
    ("EID", "eid"),
    ("ICCID", "iccid"),
    ("PhoneNumber", "phone_number"),
    ("CurrentCarrierNetwork", "current_carrier_network"),
    ("SubscriberCarrierNetwork", "subscriber_carrier_network"),
    ("CarrierSettingsVersion", "carrier_settings_version"),
];

const SUBSCRIPTION_FLAGS: [(&str, &str); 3] = [
    ("IsDataPreferred", "is_data_preferred"),
    ("IsVoicePreferred", "is_voice_preferred"),
    ("IsRoaming", "is_roaming"),
];

/// A phone has a handful of subscriptions.
const MAX_SUBSCRIPTIONS: usize = 32;

fn subscriptions(items: &[Value]) -> Json {
    items
        .iter()
        .filter_map(Value::as_dictionary)
        .take(MAX_SUBSCRIPTIONS)
        .map(subscription)
        .collect()
}

fn subscription(item: &Dictionary) -> Json {
    let mut out = serde_json::Map::new();
    for (key, name) in SUBSCRIPTION_TEXTS {
        if let Some(text) = item.get(key).and_then(Value::as_string)
            && !text.is_empty()
        {
            out.insert(name.to_owned(), Json::from(clean(text)));
        }
    }
    for (key, name) in SUBSCRIPTION_FLAGS {
        if let Some(flag) = item.get(key).and_then(Value::as_boolean) {
            out.insert(name.to_owned(), Json::from(flag));
        }
    }
    Json::Object(out)
}
