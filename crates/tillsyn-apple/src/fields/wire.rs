//! One rule for every typed message: how a Rust type reads and writes itself as a plist.

use std::collections::BTreeMap;

use plist::{Dictionary, Value};

use super::{Build, clean};
use crate::{Sensitive, WireError};

/// What a value of another type than the schema's means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// An error: commands, which the server or an administrator wrote.
    Strict,
    /// Unknown: answers, where one bad value must not lose the others.
    Lenient,
}

pub(crate) trait Wire: Sized {
    const EXPECTED: &'static str;
    fn from_value(value: &Value, key: &'static str, mode: Mode) -> Result<Self, WireError>;
    fn to_value(&self) -> Value;
}

/// A key of a dictionary: `Option` may be absent, anything else may not.
pub(crate) trait Field: Sized {
    fn take(dict: &Dictionary, key: &'static str, mode: Mode) -> Result<Self, WireError>;
    fn put(&self, key: &str, build: Build) -> Build;
}

impl<T: Wire> Field for T {
    fn take(dict: &Dictionary, key: &'static str, mode: Mode) -> Result<Self, WireError> {
        let value = dict.get(key).ok_or(WireError::Missing { key })?;
        T::from_value(value, key, mode)
    }

    fn put(&self, key: &str, build: Build) -> Build {
        build.set(key, self.to_value())
    }
}

impl<T: Wire> Field for Option<T> {
    fn take(dict: &Dictionary, key: &'static str, mode: Mode) -> Result<Self, WireError> {
        match (dict.get(key), mode) {
            (None, _) => Ok(None),
            (Some(value), Mode::Strict) => T::from_value(value, key, mode).map(Some),
            (Some(value), Mode::Lenient) => Ok(T::from_value(value, key, mode).ok()),
        }
    }

    fn put(&self, key: &str, build: Build) -> Build {
        match self {
            Some(value) => value.put(key, build),
            None => build,
        }
    }
}

macro_rules! plain_wire {
    ($($ty:ty, $expected:literal, $from:expr, $to:expr;)+) => {$(
        impl Wire for $ty {
            const EXPECTED: &'static str = $expected;
            fn from_value(value: &Value, key: &'static str, _: Mode) -> Result<Self, WireError> {
                let read: fn(&Value) -> Option<$ty> = $from;
                read(value).ok_or(WireError::WrongType { key, expected: Self::EXPECTED })
            }
            fn to_value(&self) -> Value {
                let write: fn(&$ty) -> Value = $to;
                write(self)
            }
        }
    )+};
}

plain_wire! {
    String, "string", |v| v.as_string().map(clean), |s| Value::from(s.as_str());
    bool, "boolean", Value::as_boolean, |b| Value::from(*b);
    i64, "integer", Value::as_signed_integer, |n| Value::from(*n);
    Vec<u8>, "data", |v| v.as_data().map(<[u8]>::to_vec), |d| Value::Data(d.clone());
    plist::Date, "date", Value::as_date, |d| Value::Date(*d);
    Dictionary, "dictionary", |v| v.as_dictionary().cloned(), |d| Value::Dictionary(d.clone());
}

impl Wire for f64 {
    const EXPECTED: &'static str = "real";

    // Devices write whole numbers as integers, also where the schema says real.
    fn from_value(value: &Value, key: &'static str, _: Mode) -> Result<Self, WireError> {
        let whole = || {
            value
                .as_signed_integer()
                .and_then(|n| i32::try_from(n).ok())
                .map(f64::from)
        };
        value
            .as_real()
            .or_else(whole)
            .filter(|number| number.is_finite())
            .ok_or(WireError::WrongType {
                key,
                expected: Self::EXPECTED,
            })
    }

    fn to_value(&self) -> Value {
        Value::from(*self)
    }
}

impl<T: Wire> Wire for Sensitive<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_value(value: &Value, key: &'static str, mode: Mode) -> Result<Self, WireError> {
        T::from_value(value, key, mode).map(Self::new)
    }

    fn to_value(&self) -> Value {
        self.expose().to_value()
    }
}

/// Leniently, an item that cannot be read is left out.
impl<T: Wire> Wire for Vec<T> {
    const EXPECTED: &'static str = "array";

    fn from_value(value: &Value, key: &'static str, mode: Mode) -> Result<Self, WireError> {
        let items = value.as_array().ok_or(WireError::WrongType {
            key,
            expected: Self::EXPECTED,
        })?;
        let read = items.iter().map(|item| T::from_value(item, key, mode));
        match mode {
            Mode::Strict => read.collect(),
            Mode::Lenient => Ok(read.filter_map(Result::ok).collect()),
        }
    }

    fn to_value(&self) -> Value {
        Value::Array(self.iter().map(T::to_value).collect())
    }
}

/// Free key names. Leniently, an entry that cannot be read is left out.
impl<T: Wire> Wire for BTreeMap<String, T> {
    const EXPECTED: &'static str = "dictionary";

    fn from_value(value: &Value, key: &'static str, mode: Mode) -> Result<Self, WireError> {
        let dict = value.as_dictionary().ok_or(WireError::WrongType {
            key,
            expected: Self::EXPECTED,
        })?;
        let mut out = Self::new();
        for (name, item) in dict {
            match (T::from_value(item, key, mode), mode) {
                (Ok(item), _) => {
                    out.insert(clean(name), item);
                }
                (Err(error), Mode::Strict) => return Err(error),
                (Err(_), Mode::Lenient) => {}
            }
        }
        Ok(out)
    }

    fn to_value(&self) -> Value {
        let entries = self.iter().map(|(k, v)| (k.clone(), v.to_value()));
        Value::Dictionary(entries.collect())
    }
}
