//! Parameters of the catalogue to Apple's dictionaries and back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Dictionary, Value};
use serde_json::{Map, Value as Json};

use crate::commands::{Item, Parameter, ParameterKind as Kind};

/// The dictionary of these values, which have passed the catalogue's check.
pub(super) fn to_dictionary(
    parameters: &'static [Parameter],
    values: &Map<String, Json>,
) -> Dictionary {
    parameters
        .iter()
        .filter_map(|parameter| {
            let value = to_value(&parameter.kind, values.get(parameter.name)?)?;
            Some((parameter.key.to_owned(), value))
        })
        .collect()
}

fn to_value(kind: &'static Kind, value: &Json) -> Option<Value> {
    let dictionary = |parts, value: &Json| {
        let values = value.as_object()?;
        Some(Value::Dictionary(to_dictionary(parts, values)))
    };
    Some(match kind {
        Kind::Text | Kind::Password | Kind::Choice(_) => Value::from(value.as_str()?),
        Kind::Flag => Value::from(value.as_bool()?),
        Kind::Integer { .. } | Kind::NumberChoice(_) => Value::from(value.as_i64()?),
        Kind::Data => Value::Data(STANDARD.decode(value.as_str()?.trim()).ok()?),
        Kind::Texts => {
            let texts = value.as_array()?.iter().filter_map(Json::as_str);
            Value::Array(texts.map(Value::from).collect())
        }
        Kind::Object(parts) => dictionary(parts, value)?,
        Kind::Objects(parts) => {
            let items = value.as_array()?.iter();
            Value::Array(items.filter_map(|item| dictionary(parts, item)).collect())
        }
        Kind::Items(kinds) => {
            let items = value.as_array()?.iter();
            Value::Array(items.filter_map(|item| to_item(kinds, item)).collect())
        }
        Kind::Free => free_value(value)?,
    })
}

fn to_item(kinds: &'static [Item], item: &Json) -> Option<Value> {
    let word = item["item"].as_str()?;
    let kind = kinds.iter().find(|kind| kind.name == word)?;
    let mut dict = to_dictionary(kind.parameters, item.as_object()?);
    dict.insert("Item".to_owned(), Value::from(word));
    Some(Value::Dictionary(dict))
}

/// JSON as it is; what a property list does not know is left out.
fn free_value(value: &Json) -> Option<Value> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, real) => Value::from(real?),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Array(items.iter().filter_map(free_value).collect()),
        Json::Object(values) => Value::Dictionary(
            values
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), free_value(value)?)))
                .collect(),
        ),
    })
}

/// The values of a dictionary; `None` when it holds anything that the parameters do not describe.
pub(super) fn from_dictionary(
    parameters: &'static [Parameter],
    dict: &Dictionary,
    ignored: &str,
) -> Option<Map<String, Json>> {
    let mut values = Map::new();
    for (key, value) in dict.iter().filter(|(key, _)| key.as_str() != ignored) {
        let parameter = parameters.iter().find(|p| p.key == key.as_str())?;
        let value = from_value(&parameter.kind, value)?;
        values.insert(parameter.name.to_owned(), value);
    }
    Some(values)
}

fn from_value(kind: &'static Kind, value: &Value) -> Option<Json> {
    Some(match kind {
        Kind::Text | Kind::Password | Kind::Choice(_) => value.as_string()?.into(),
        Kind::Flag => value.as_boolean()?.into(),
        Kind::Integer { .. } | Kind::NumberChoice(_) => value.as_signed_integer()?.into(),
        Kind::Data => STANDARD.encode(value.as_data()?).into(),
        Kind::Texts => value
            .as_array()?
            .iter()
            .map(|item| item.as_string().map(Json::from))
            .collect::<Option<Vec<_>>>()?
            .into(),
        Kind::Object(parts) => from_dictionary(parts, value.as_dictionary()?, "")?.into(),
        Kind::Objects(parts) => value
            .as_array()?
            .iter()
            .map(|item| from_dictionary(parts, item.as_dictionary()?, "").map(Json::from))
            .collect::<Option<Vec<_>>>()?
            .into(),
        Kind::Items(kinds) => value
            .as_array()?
            .iter()
            .map(|item| from_item(kinds, item))
            .collect::<Option<Vec<_>>>()?
            .into(),
        Kind::Free => free_json(value)?,
    })
}

fn from_item(kinds: &'static [Item], item: &Value) -> Option<Json> {
    let dict = item.as_dictionary()?;
    let word = dict.get("Item")?.as_string()?;
    let kind = kinds.iter().find(|kind| kind.name == word)?;
    let mut values = from_dictionary(kind.parameters, dict, "Item")?;
    values.insert("item".to_owned(), word.into());
    Some(values.into())
}

fn free_json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Array(items) => items
            .iter()
            .map(free_json)
            .collect::<Option<Vec<_>>>()?
            .into(),
        Value::Dictionary(dict) => dict
            .iter()
            .map(|(key, value)| Some((key.clone(), free_json(value)?)))
            .collect::<Option<Map<_, _>>>()?
            .into(),
        Value::Boolean(flag) => (*flag).into(),
        Value::Real(number) => (*number).into(),
        Value::Integer(number) => number.as_signed()?.into(),
        Value::String(text) => text.as_str().into(),
        // Dates and data have no JSON that would come back as they were.
        _ => return None,
    })
}
