//! What stands in a profile, in few words and without secrets.

use plist::Value;

use crate::profile::template::{KeyPath, Step, is_secret_key};

/// Longer values are cut.
const MOST: usize = 60;

/// `secret`: only of what kind it is.
pub(super) fn found(value: &Value, secret: bool) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Dictionary(_) => "a dictionary".to_owned(),
        Value::Data(_) if secret => "data".to_owned(),
        Value::Data(bytes) => format!("data ({} bytes)", bytes.len()),
        _ if secret => "a value that is not shown".to_owned(),
        Value::String(text) => quoted(text),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("{number:?}"),
        Value::Date(_) => "a date".to_owned(),
        _ => "a value of no kind that profiles have".to_owned(),
    }
}

pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// Whether any key on the way says so.
pub(super) fn is_secret(payload_type: &str, path: &KeyPath) -> bool {
    path.0.iter().any(|step| match step {
        Step::Key(key) => is_secret_key(payload_type, key),
        Step::Index(_) => false,
    })
}
