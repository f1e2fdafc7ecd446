//! Reading foreign plists as a device does, and writing its own.

use plist::{Dictionary, Value};
use tillsyn_apple::WireError;
use tillsyn_apple::plist_guard::{self, Limits};

pub(crate) fn dictionary(bytes: &[u8], limits: Limits) -> Result<Dictionary, WireError> {
    match plist_guard::parse(bytes, limits)? {
        Value::Dictionary(dict) => Ok(dict),
        _ => Err(WireError::Malformed {
            what: "the plist is not a dictionary".into(),
        }),
    }
}

/// The key's text; `None` when it is absent, empty, or no text.
pub(crate) fn text<'a>(dict: &'a Dictionary, key: &str) -> Option<&'a str> {
    dict.get(key)
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}

pub(crate) fn flag(dict: &Dictionary, key: &str) -> Option<bool> {
    dict.get(key).and_then(Value::as_boolean)
}

pub(crate) fn int(dict: &Dictionary, key: &str) -> Option<i64> {
    dict.get(key).and_then(Value::as_signed_integer)
}

pub(crate) fn texts(dict: &Dictionary, key: &str) -> Option<Vec<String>> {
    dict.get(key)?
        .as_array()?
        .iter()
        .map(|item| item.as_string().map(str::to_owned))
        .collect()
}

/// Builds a dictionary from pairs.
pub(crate) fn dict<const N: usize>(pairs: [(&str, Value); N]) -> Dictionary {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}
