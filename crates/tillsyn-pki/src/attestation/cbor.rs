//! The part of CBOR that attestation objects and passkeys use, read with bounds and without copying.
//! Floating-point numbers, tags and indefinite lengths do not occur and are refused.
//! Source: RFC 8949 §3.

use crate::error::{Error, Result};

const WHAT: &str = "CBOR";
const MAX_DEPTH: u8 = 16;
const MAX_ITEMS: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Unsigned(u64),
    /// `-1 - n`.
    Negative(u64),
    Bytes(&'a [u8]),
    Text(&'a str),
    Array(Vec<Value<'a>>),
    /// In the order of the encoding, each key once.
    Map(Vec<(Value<'a>, Value<'a>)>),
    Bool(bool),
    Null,
}

impl<'a> Value<'a> {
    /// Reads one item; bytes after it are refused.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        match Self::read_first(bytes)? {
            (value, []) => Ok(value),
            _ => Err(Error::malformed(WHAT)),
        }
    }

    /// Reads one item and what comes after it.
    pub(crate) fn read_first(bytes: &'a [u8]) -> Result<(Self, &'a [u8])> {
        let mut decoder = Decoder {
            rest: bytes,
            items: 0,
        };
        let value = decoder.value(0)?;
        Ok((value, decoder.rest))
    }

    /// The value under a text key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.under(&Value::Text(key))
    }

    /// The value under any key of a map.
    pub(crate) fn under(&self, key: &Value<'_>) -> Option<&Self> {
        let Self::Map(entries) = self else {
            return None;
        };
        entries
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value)
    }
}

struct Decoder<'a> {
    rest: &'a [u8],
    items: usize,
}

impl<'a> Decoder<'a> {
    fn value(&mut self, depth: u8) -> Result<Value<'a>> {
        if depth >= MAX_DEPTH {
            return Err(Error::TooLarge {
                what: "CBOR nesting",
                limit: MAX_DEPTH.into(),
            });
        }
        self.items = self.items.saturating_add(1);
        if self.items > MAX_ITEMS {
            return Err(Error::TooLarge {
                what: "number of CBOR items",
                limit: MAX_ITEMS,
            });
        }
        let initial = self.byte()?;
        let argument = self.argument(initial & 0x1f)?;
        match initial >> 5 {
            0 => Ok(Value::Unsigned(argument)),
            1 => Ok(Value::Negative(argument)),
            2 => Ok(Value::Bytes(self.take(argument)?)),
            3 => std::str::from_utf8(self.take(argument)?)
                .map(Value::Text)
                .map_err(|_| Error::malformed(WHAT)),
            4 => {
                let mut items = Vec::new();
                for _ in 0..argument {
                    items.push(self.value(depth.saturating_add(1))?);
                }
                Ok(Value::Array(items))
            }
            5 => {
                let mut entries: Vec<(Value<'a>, Value<'a>)> = Vec::new();
                for _ in 0..argument {
                    let key = self.value(depth.saturating_add(1))?;
                    if entries.iter().any(|(known, _)| *known == key) {
                        return Err(Error::malformed("CBOR map with a repeated key"));
                    }
                    entries.push((key, self.value(depth.saturating_add(1))?));
                }
                Ok(Value::Map(entries))
            }
            7 if initial & 0x1f == 20 => Ok(Value::Bool(false)),
            7 if initial & 0x1f == 21 => Ok(Value::Bool(true)),
            // null and undefined.
            7 if matches!(initial & 0x1f, 22 | 23) => Ok(Value::Null),
            _ => Err(Error::unsupported("CBOR type")),
        }
    }

    /// The number that the low five bits stand for.
    fn argument(&mut self, low: u8) -> Result<u64> {
        let size: u64 = match low {
            0..=23 => return Ok(low.into()),
            24 => 1,
            25 => 2,
            26 => 4,
            27 => 8,
            _ => return Err(Error::unsupported("CBOR length")),
        };
        let digits = self.take(size)?;
        Ok(digits.iter().fold(0, |n, d| (n << 8) | u64::from(*d)))
    }

    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.rest.split_first().ok_or(Error::malformed(WHAT))?;
        self.rest = rest;
        Ok(*first)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8]> {
        let malformed = Error::malformed(WHAT);
        let len = usize::try_from(len).map_err(|_| malformed)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Head of an item, in its shortest form.
pub(crate) fn head(major: u8, argument: usize) -> Vec<u8> {
    let major = major << 5;
    match (u8::try_from(argument), u16::try_from(argument)) {
        (Ok(small @ 0..=23), _) => vec![major | small],
        (Ok(byte), _) => vec![major | 0x18, byte],
        (_, Ok(short)) => [&[major | 0x19][..], &short.to_be_bytes()].concat(),
        _ => {
            let long = u32::try_from(argument).unwrap_or(u32::MAX);
            [&[major | 0x1a][..], &long.to_be_bytes()].concat()
        }
    }
}

pub(crate) fn text(value: &str) -> Vec<u8> {
    [head(3, value.len()), value.as_bytes().to_vec()].concat()
}

pub(crate) fn bytes(value: &[u8]) -> Vec<u8> {
    [head(2, value.len()), value.to_vec()].concat()
}
