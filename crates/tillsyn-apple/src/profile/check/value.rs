//! One value against one key of the catalogue, and all that lies in it.

use plist::{Dictionary, Value};

use super::finding::{Allowed, Code, Finding, PayloadAt, Severity};
use super::found::{found, is_secret};
use crate::profile::catalogue::{Format, Key, Kind, Scalar, Support, system_name};
use crate::profile::template::{KeyPath, ROOT_MARKER, has_variable, whole_variable};

/// Deeper than any profile that is read; the schema itself goes in circles.
const MAX_DEPTH: usize = 48;
/// More help nobody.
const MAX_FINDINGS: usize = 500;

/// Collects what is found in one payload, or in the profile itself.
pub(super) struct Checker<'a> {
    pub(super) payload: Option<&'a PayloadAt>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(payload: Option<&'a PayloadAt>) -> Self {
        Self {
            payload,
            findings: Vec::new(),
        }
    }

    pub(super) fn say(
        &mut self,
        (severity, code): (Severity, Code),
        path: &KeyPath,
        found: Option<String>,
        allowed: Allowed,
    ) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                severity,
                code,
                payload: self.payload.cloned(),
                path: path.clone(),
                found,
                allowed,
            });
        }
    }

    fn wrong(&mut self, code: Code, path: &KeyPath, value: &Value, allowed: Allowed) {
        let kind = self.payload.map_or("", |at| at.kind.as_str());
        let words = found(value, is_secret(kind, path));
        self.say((Severity::Error, code), path, Some(words), allowed);
    }

    /// The values of a dictionary. `key_of` finds the key of a name.
    pub(super) fn dictionary(
        &mut self,
        dict: &Dictionary,
        key_of: &dyn Fn(&str) -> Option<&'static Key>,
        path: &KeyPath,
    ) {
        for (name, value) in dict {
            let path = path.key(name);
            match key_of(name) {
                Some(key) => self.value(key, value, &path),
                None => self.say(
                    (Severity::Warning, Code::UnknownKey),
                    &path,
                    None,
                    Allowed::Nothing,
                ),
            }
        }
    }

    /// The keys that must be there. One that only some of the systems know is needed there alone.
    pub(super) fn required(
        &mut self,
        dict: &Dictionary,
        keys: impl Iterator<Item = &'static Key>,
        around: &Support,
        path: &KeyPath,
    ) {
        for key in keys.filter(|key| key.required && !key.is_free()) {
            if dict.contains_key(key.name) {
                continue;
            }
            let systems: Vec<_> = key.support.rules().map(|(system, _)| system).collect();
            if systems.is_empty() {
                continue;
            }
            let (severity, allowed) = if around.rules().count() > systems.len() {
                let names = systems.into_iter().map(system_name).collect();
                (Severity::Warning, Allowed::Systems(names))
            } else {
                (Severity::Error, Allowed::Kind(key.kind))
            };
            self.say(
                (severity, Code::RequiredMissing),
                &path.key(key.name),
                None,
                allowed,
            );
        }
    }

    pub(super) fn value(&mut self, key: &'static Key, value: &Value, path: &KeyPath) {
        if path.0.len() > MAX_DEPTH {
            self.wrong(Code::TooDeep, path, value, Allowed::Nothing);
            return;
        }
        match (key.kind, value) {
            (Kind::Any, _)
            | (Kind::Date, Value::Date(_))
            | (Kind::Data, Value::Data(_))
            | (Kind::Boolean, Value::Boolean(_)) => {}
            (Kind::String, Value::String(text)) => self.text(key, text, value, path),
            (Kind::Integer, Value::Integer(number)) => {
                let number = number.as_signed().and_then(|n| i32::try_from(n).ok());
                self.number(key, number.map(f64::from), value, path);
            }
            (Kind::Real, Value::Real(number)) => self.number(key, Some(*number), value, path),
            (Kind::Real, Value::Integer(number)) => {
                let number = number.as_signed().and_then(|n| i32::try_from(n).ok());
                self.number(key, number.map(f64::from), value, path);
            }
            (Kind::Array, Value::Array(items)) => self.array(key, items, value, path),
            (Kind::Dictionary, Value::Dictionary(dict)) => {
                self.required(dict, key.children(), key.support, path);
                self.dictionary(dict, &|name| key.child(name), path);
            }
            // The root of our own authority takes the place of the text when the profile is expanded.
            (Kind::Data, Value::String(text)) if whole_variable(text) == Some(ROOT_MARKER) => {}
            (kind, Value::String(text)) if has_variable(text) => {
                self.wrong(Code::VariableNotText, path, value, Allowed::Kind(kind));
            }
            (kind, _) => self.wrong(Code::WrongType, path, value, Allowed::Kind(kind)),
        }
    }

    fn text(&mut self, key: &Key, text: &str, value: &Value, path: &KeyPath) {
        if has_variable(text) {
            return;
        }
        let listed = |allowed: &Scalar| matches!(allowed, Scalar::Text(word) if *word == text);
        if !key.allowed.is_empty() && !key.allowed.iter().any(listed) {
            let allowed = Allowed::Values(key.allowed.clone());
            self.wrong(Code::NotAllowed, path, value, allowed);
        }
        if let Some(format) = key.format.filter(|format| !format.matches(text)) {
            let allowed = Allowed::Format(Format::pattern(format));
            self.wrong(Code::BadFormat, path, value, allowed);
        }
        if let Some(is) = key.is.filter(|is| !looks_like(is, text)) {
            self.wrong(Code::BadFormat, path, value, Allowed::Format(is));
        }
    }

    /// `None`: a number beyond all bounds of the schema.
    fn number(&mut self, key: &Key, number: Option<f64>, value: &Value, path: &KeyPath) {
        let same = |allowed: &Scalar| {
            let allowed = allowed.number();
            allowed
                .zip(number)
                .is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        };
        // A list beside a range adds to it: 0 for never, or 1 to 180 minutes.
        if key.allowed.iter().any(same) {
            return;
        }
        let bounded = key.min.is_some() || key.max.is_some();
        let inside = number.is_some_and(|number| {
            let bound = |bound: Option<Scalar>| bound.and_then(Scalar::number);
            bound(key.min).is_none_or(|min| number >= min)
                && bound(key.max).is_none_or(|max| number <= max)
        });
        if bounded && !inside {
            let (min, max) = (key.min, key.max);
            self.wrong(Code::OutOfRange, path, value, Allowed::Range { min, max });
        } else if !bounded && !key.allowed.is_empty() {
            let allowed = Allowed::Values(key.allowed.clone());
            self.wrong(Code::NotAllowed, path, value, allowed);
        }
    }

    fn array(&mut self, key: &'static Key, items: &[Value], value: &Value, path: &KeyPath) {
        let Some(item) = key.item() else {
            return;
        };
        let few = item.least.is_some_and(|least| items.len() < least);
        let many = item.most.is_some_and(|most| items.len() > most);
        if few || many {
            let (least, most) = (item.least, item.most);
            self.wrong(Code::BadCount, path, value, Allowed::Count { least, most });
        }
        for (index, inner) in items.iter().enumerate() {
            self.value(item, inner, &path.index(index));
        }
    }
}

fn looks_like(is: &str, text: &str) -> bool {
    match is {
        // RFC 3986 §3.1
        "url" => text.split_once(':').is_some_and(|(scheme, rest)| {
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
                && !rest.is_empty()
        }),
        // A name or an address.
        "hostname" => !text.is_empty() && !text.contains(['/', ' ', '@']),
        _ => true,
    }
}
