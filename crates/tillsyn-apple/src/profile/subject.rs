//! Subjects as payloads write them: relative distinguished names, each a list of pairs.

use plist::{Dictionary, Value};

use crate::WireError;
use crate::fields::Read;

/// Relative distinguished names, each a list of `(attribute, value)`; see [`common_name`].
pub type Subject = Vec<Vec<(String, String)>>;

/// A subject with nothing but a common name. The server decides the final subject anyway.
pub fn common_name(value: &str) -> Subject {
    vec![vec![("CN".to_owned(), value.to_owned())]]
}

pub(super) fn write(subject: &Subject) -> Value {
    let names = subject.iter().map(|rdn| {
        let pairs = rdn.iter().map(|(attribute, value)| {
            Value::Array(vec![attribute.as_str().into(), value.as_str().into()])
        });
        Value::Array(pairs.collect())
    });
    Value::Array(names.collect())
}

pub(super) fn read(content: &Dictionary) -> Result<Subject, WireError> {
    const WRONG: WireError = WireError::WrongType {
        key: "Subject",
        expected: "array of arrays of pairs",
    };
    let pair = |value: &Value| match value.as_array().map(Vec::as_slice) {
        Some([Value::String(attribute), Value::String(text)]) => {
            Some((attribute.clone(), text.clone()))
        }
        _ => None,
    };
    let Some(names) = content.opt_array("Subject")? else {
        return Ok(Vec::new());
    };
    names
        .iter()
        .map(|rdn| rdn.as_array()?.iter().map(pair).collect())
        .collect::<Option<Vec<_>>>()
        .ok_or(WRONG)
}
