//! Values of property lists as JSON and back: data as Base64, dates as RFC 3339.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Date, Dictionary, Value};
use serde_json::{Map, Value as Json};

use crate::error::Error;
use crate::profiles::ValueKind;

pub(super) fn to_json(value: &Value) -> Json {
    match value {
        Value::String(text) => Json::from(text.as_str()),
        Value::Boolean(flag) => Json::from(*flag),
        Value::Integer(number) => match (number.as_signed(), number.as_unsigned()) {
            (Some(number), _) => Json::from(number),
            (None, Some(number)) => Json::from(number),
            (None, None) => Json::Null,
        },
        Value::Real(number) => Json::from(*number),
        Value::Data(bytes) => Json::from(STANDARD.encode(bytes)),
        Value::Date(date) => Json::from(date.to_xml_format()),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Dictionary(dict) => dict_to_json(dict),
        // Templates hold no others.
        _ => Json::Null,
    }
}

pub(super) fn dict_to_json(dict: &Dictionary) -> Json {
    let values = dict
        .iter()
        .map(|(key, value)| (key.clone(), to_json(value)));
    Json::Object(values.collect::<Map<_, _>>())
}

/// Milliseconds UTC.
pub(super) fn date_ms(date: Date) -> Option<i64> {
    let time = SystemTime::from(date);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).ok(),
        Err(before) => i64::try_from(before.duration().as_millis())
            .ok()
            .map(|ms| -ms),
    }
}

/// What a value is to be, as far as somebody knows, and of what stands in it.
pub(super) trait Expected: Copy {
    fn kind(self) -> Option<ValueKind>;
    fn key(self, key: &str) -> Self;
    fn item(self) -> Self;
}

/// Makes a value of what was sent. Where the kind does not fit what was sent, it is kept as it was sent, and
/// the check finds it; only what cannot be kept at all is refused.
pub(super) fn from_json(json: &Json, expected: impl Expected) -> Result<Value, Error> {
    let refuse = |what: &str| Err(Error::invalid("value", "value", what.to_owned()));
    match (json, expected.kind()) {
        (Json::Null, _) => refuse("There is no null in a property list; remove the key instead."),
        (Json::Bool(flag), _) => Ok(Value::Boolean(*flag)),
        (Json::Number(number), kind) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (_, _, Some(real)) if kind == Some(ValueKind::Real) => Ok(Value::Real(real)),
            (Some(number), ..) => Ok(Value::from(number)),
            (_, Some(number), _) => Ok(Value::from(number)),
            (_, _, Some(real)) if real.is_finite() => Ok(Value::Real(real)),
            _ => refuse("This number cannot stand in a property list."),
        },
        (Json::String(text), Some(ValueKind::Data)) => match STANDARD.decode(text.trim()) {
            Ok(bytes) => Ok(Value::Data(bytes)),
            // A variable that stands for data, or a mask.
            Err(_) if text.contains("{{") => Ok(Value::from(text.as_str())),
            Err(_) if text == super::MASK => Ok(Value::Data(text.as_bytes().to_vec())),
            Err(_) => refuse("Data is written as Base64."),
        },
        (Json::String(text), Some(ValueKind::Date)) => match Date::from_xml_format(text.trim()) {
            Ok(date) => Ok(Value::Date(date)),
            Err(_) if text.contains("{{") || text == super::MASK => Ok(Value::from(text.as_str())),
            Err(_) => refuse("A date is written like 2027-01-31T08:00:00Z."),
        },
        (Json::String(text), _) => Ok(Value::from(text.as_str())),
        (Json::Array(items), _) => {
            let items = items.iter().map(|item| from_json(item, expected.item()));
            Ok(Value::Array(items.collect::<Result<_, _>>()?))
        }
        (Json::Object(values), _) => {
            let mut dict = Dictionary::new();
            for (key, value) in values {
                dict.insert(key.clone(), from_json(value, expected.key(key))?);
            }
            Ok(Value::Dictionary(dict))
        }
    }
}
