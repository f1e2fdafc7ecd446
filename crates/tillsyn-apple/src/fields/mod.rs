//! Typed reads and writes of plist dictionaries.

mod macros;
mod wire;

use plist::{Dictionary, Value};

pub(crate) use macros::{answer, bare_command, command, dictionary, open_words, words};
pub(crate) use wire::{Field, Mode, Wire};

use crate::WireError;

/// PostgreSQL text and JSON cannot hold U+0000, which a binary plist may carry.
pub(crate) fn clean(text: &str) -> String {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}")
    } else {
        text.to_owned()
    }
}

pub(crate) fn root(value: Value) -> Result<Dictionary, WireError> {
    value
        .into_dictionary()
        .ok_or_else(|| WireError::malformed("the plist is not a dictionary"))
}

/// Reads by key: an absent key is `None`, another type is an error.
pub(crate) trait Read {
    fn opt_text(&self, key: &'static str) -> Result<Option<String>, WireError>;
    fn opt_data(&self, key: &'static str) -> Result<Option<Vec<u8>>, WireError>;
    fn opt_flag(&self, key: &'static str) -> Result<Option<bool>, WireError>;
    fn opt_int(&self, key: &'static str) -> Result<Option<i64>, WireError>;
    fn opt_array(&self, key: &'static str) -> Result<Option<&Vec<Value>>, WireError>;
    fn opt_dict(&self, key: &'static str) -> Result<Option<&Dictionary>, WireError>;

    fn text(&self, key: &'static str) -> Result<String, WireError> {
        self.opt_text(key)?.ok_or(WireError::Missing { key })
    }
    fn data(&self, key: &'static str) -> Result<Vec<u8>, WireError> {
        self.opt_data(key)?.ok_or(WireError::Missing { key })
    }
    fn dict(&self, key: &'static str) -> Result<&Dictionary, WireError> {
        self.opt_dict(key)?.ok_or(WireError::Missing { key })
    }
    fn texts(&self, key: &'static str) -> Result<Option<Vec<String>>, WireError> {
        let Some(items) = self.opt_array(key)? else {
            return Ok(None);
        };
        items
            .iter()
            .map(|item| item.as_string().map(clean))
            .collect::<Option<Vec<_>>>()
            .map(Some)
            .ok_or(WireError::WrongType {
                key,
                expected: "array of strings",
            })
    }
}

fn opt<'a, T>(
    dict: &'a Dictionary,
    key: &'static str,
    expected: &'static str,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, WireError> {
    match dict.get(key) {
        None => Ok(None),
        Some(value) => read(value)
            .map(Some)
            .ok_or(WireError::WrongType { key, expected }),
    }
}

impl Read for Dictionary {
    fn opt_text(&self, key: &'static str) -> Result<Option<String>, WireError> {
        opt(self, key, "string", |v| v.as_string().map(clean))
    }
    fn opt_data(&self, key: &'static str) -> Result<Option<Vec<u8>>, WireError> {
        opt(self, key, "data", |v| v.as_data().map(<[u8]>::to_vec))
    }
    fn opt_flag(&self, key: &'static str) -> Result<Option<bool>, WireError> {
        opt(self, key, "boolean", Value::as_boolean)
    }
    fn opt_int(&self, key: &'static str) -> Result<Option<i64>, WireError> {
        opt(self, key, "integer", Value::as_signed_integer)
    }
    fn opt_array(&self, key: &'static str) -> Result<Option<&Vec<Value>>, WireError> {
        opt(self, key, "array", Value::as_array)
    }
    fn opt_dict(&self, key: &'static str) -> Result<Option<&Dictionary>, WireError> {
        opt(self, key, "dictionary", Value::as_dictionary)
    }
}

/// Builds a dictionary in the order of the calls.
#[derive(Default)]
pub(crate) struct Build(Dictionary);

impl Build {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn opt(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.set(key, value),
            None => self,
        }
    }

    pub(crate) fn dict(self) -> Dictionary {
        self.0
    }

    pub(crate) fn value(self) -> Value {
        Value::Dictionary(self.0)
    }
}
