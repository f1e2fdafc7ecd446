use std::fmt;
use std::time::{Duration, SystemTime};

use plist::{Dictionary, Value};

use super::KeyPath;
use crate::fields::root;
use crate::plist_guard::{self, Limits};
use crate::profile::ProfileInfo;
use crate::profile::info::check_kind;
use crate::{WireError, encode_plist};

/// A plain profile as a tree. It may hold passwords, so `Debug` shows nothing of it.
#[derive(Clone, PartialEq)]
pub struct Template {
    root: Dictionary,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template [redacted]")
    }
}

impl Template {
    /// Reads a plain profile, XML or binary, without loss: what XML cannot hold is refused here
    /// instead of being dropped later. Signed profiles must be unwrapped first.
    pub fn parse(plain: &[u8]) -> Result<Self, WireError> {
        if plain.first() == Some(&0x30) {
            return Err(WireError::unsupported(
                "a signed profile where a plain one is expected",
            ));
        }
        Self::from_root(root(plist_guard::parse(plain, Limits::PROFILE)?)?)
    }

    /// A profile made in memory, under the same rules.
    pub fn from_root(root: Dictionary) -> Result<Self, WireError> {
        let mut root = Value::Dictionary(root);
        writable(&mut root, 0)?;
        let Value::Dictionary(root) = root else {
            return Err(WireError::malformed("the plist is not a dictionary"));
        };
        check_kind(&root)?;
        Ok(Self { root })
    }

    /// XML; equal trees give equal bytes.
    pub fn to_plist(&self) -> Vec<u8> {
        encode_plist(&Value::Dictionary(self.root.clone()))
    }

    pub fn root(&self) -> &Dictionary {
        &self.root
    }

    /// For editing. [`Self::check`] tells afterwards whether it still is a template.
    pub fn root_mut(&mut self) -> &mut Dictionary {
        &mut self.root
    }

    /// Whether what was edited can be written, and is a profile still.
    pub fn check(&self) -> Result<(), WireError> {
        Self::from_root(self.root.clone()).map(drop)
    }

    /// The payloads with their places in `PayloadContent`; none in an encrypted profile.
    pub fn payloads(&self) -> impl Iterator<Item = (usize, &Dictionary)> {
        self.content()
            .iter()
            .enumerate()
            .filter_map(|(index, item)| Some((index, item.as_dictionary()?)))
    }

    pub(super) fn content(&self) -> &[Value] {
        self.root
            .get("PayloadContent")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub fn identifier(&self) -> Option<&str> {
        text(&self.root, "PayloadIdentifier")
    }

    /// What devices know the profile by.
    pub fn set_identity(&mut self, identifier: &str, uuid: &str) {
        for (key, value) in [("PayloadIdentifier", identifier), ("PayloadUUID", uuid)] {
            self.root.insert(key.to_owned(), Value::from(value));
        }
    }

    pub fn info(&self) -> Result<ProfileInfo, WireError> {
        ProfileInfo::read(&self.root)
    }

    /// Every text of the tree with its place, in order.
    pub(super) fn texts(&self) -> Vec<(KeyPath, &str)> {
        let mut found = Vec::new();
        for (key, value) in &self.root {
            texts(value, &KeyPath::default().key(key), &mut found);
        }
        found
    }
}

pub(super) fn text<'a>(dict: &'a Dictionary, key: &str) -> Option<&'a str> {
    dict.get(key).and_then(Value::as_string)
}

fn texts<'a>(value: &'a Value, path: &KeyPath, found: &mut Vec<(KeyPath, &'a str)>) {
    match value {
        Value::String(text) => found.push((path.clone(), text)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, &path.index(index), found);
            }
        }
        Value::Dictionary(dict) => {
            for (key, item) in dict {
                texts(item, &path.key(key), found);
            }
        }
        _ => {}
    }
}

/// Refuses what an XML property list cannot say, and writes keyed-archive references as XML does.
fn writable(value: &mut Value, depth: usize) -> Result<(), WireError> {
    if depth > Limits::PROFILE.depth {
        return Err(WireError::TooLarge {
            what: "nesting",
            limit: Limits::PROFILE.depth,
        });
    }
    let depth = depth.saturating_add(1);
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| writable(item, depth)),
        Value::Dictionary(dict) => dict.iter_mut().try_for_each(|(key, item)| {
            check_text(key)?;
            writable(item, depth)
        }),
        Value::String(text) => check_text(text),
        Value::Real(number) if !number.is_finite() => {
            Err(WireError::unsupported("a number that is not finite"))
        }
        Value::Date(date) => {
            let time = SystemTime::from(*date);
            // Years 0 to 9999, the four digits of the format.
            let earliest = SystemTime::UNIX_EPOCH.checked_sub(Duration::from_hours(17_268_672));
            let latest = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(253_402_300_799));
            if earliest.is_some_and(|limit| time < limit) || latest.is_some_and(|l| time > l) {
                return Err(WireError::unsupported("a date out of the calendar"));
            }
            Ok(())
        }
        Value::Uid(uid) => {
            let mut reference = Dictionary::new();
            reference.insert("CF$UID".to_owned(), Value::from(uid.get()));
            *value = Value::Dictionary(reference);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn check_text(text: &str) -> Result<(), WireError> {
    let forbidden = |c: char| {
        c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(forbidden) {
        return Err(WireError::unsupported("control characters in a text"));
    }
    Ok(())
}
