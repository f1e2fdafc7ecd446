//! Profiles for tests: for every payload of the catalogue good values and bad ones, the same ones for the same seed.

use std::time::{Duration, SystemTime};

use plist::{Dictionary, Value};

use super::catalogue::{self, Format, Key, Kind, Payload, Scalar};
use super::check::{Code, fit};

/// How much of a payload is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// What is required.
    Required,
    /// Every key; where the schema goes in circles, once around.
    All,
}

/// A profile around payloads, with the keys that it must have.
pub fn profile(payloads: Vec<Dictionary>) -> Dictionary {
    let mut root = named("Configuration", "com.example.generated", 0);
    let content = payloads.into_iter().map(Value::Dictionary).collect();
    root.insert("PayloadContent".to_owned(), Value::Array(content));
    root
}

/// A payload that the schema takes. References lead to the payload itself.
pub fn good(payload: &'static Payload, fill: Fill, seed: u64) -> Dictionary {
    let mut random = Random(seed);
    let mut dict = named(payload.kind, "com.example.generated.payload", 1);
    fill_in(&mut dict, payload.keys(), fill, &mut random, 0);
    dict
}

/// One fault each in a payload that is good otherwise, and what the check must say of it. Of a type with several forms
/// a fault of one may be no fault of another: those are left out.
pub fn bad(payload: &'static Payload, seed: u64) -> Vec<(Code, Dictionary)> {
    let mut faults = Vec::new();
    let base = good(payload, Fill::All, seed);
    for key in payload.keys().filter(|key| !key.is_free()) {
        if base.contains_key(key.name) {
            spoil(
                payload,
                &base,
                &mut vec![Place::Key(key.name)],
                key,
                &mut faults,
            );
        }
    }
    faults
}

/// A step to a value of the payload.
#[derive(Clone, Copy)]
enum Place {
    Key(&'static str),
    Item,
}

/// The circles of the schema are walked once.
const DEPTH: usize = 9;
const MOST: usize = 20;

fn spoil(
    form: &'static Payload,
    base: &Dictionary,
    path: &mut Vec<Place>,
    key: &'static Key,
    faults: &mut Vec<(Code, Dictionary)>,
) {
    let mut put = |code: Code, value: Option<Value>| {
        let mut dict = base.clone();
        if replace(&mut dict, path, value) && fit(&dict).is_some_and(|of| std::ptr::eq(of, form)) {
            faults.push((code, dict));
        }
    };
    if let Some(wrong) = of_another_kind(key.kind) {
        put(Code::WrongType, Some(wrong));
    }
    if !matches!(key.kind, Kind::String | Kind::Any) {
        let variable = Value::from("{{device.name}}");
        put(Code::VariableNotText, Some(variable));
    }
    if key.required && needed_everywhere(key) && matches!(path.last(), Some(Place::Key(_))) {
        put(Code::RequiredMissing, None);
    }
    match key.kind {
        Kind::String if !key.allowed.is_empty() => {
            put(Code::NotAllowed, Some(Value::from("none of these")));
        }
        Kind::String if key.format.is_some() => {
            put(Code::BadFormat, Some(Value::from("-")));
        }
        Kind::Integer | Kind::Real if !key.allowed.is_empty() && key.min.is_none() => {
            put(Code::NotAllowed, Some(number(key.kind, 987_654)));
        }
        _ => {}
    }
    for (bound, by) in [(key.min, -1), (key.max, 1)] {
        let Some(bound) = bound.and_then(whole) else {
            continue;
        };
        let beyond = bound.saturating_add(by);
        // A list beside a range adds to it.
        if !key.allowed.iter().any(|one| whole(*one) == Some(beyond)) {
            put(Code::OutOfRange, Some(number(key.kind, beyond)));
        }
    }
    if key.kind == Kind::Array
        && let Some(item) = key.item()
        && item.least.is_some_and(|least| least > 0)
    {
        put(Code::BadCount, Some(Value::Array(Vec::new())));
    }
    if path.len() > DEPTH || key.again().is_some() {
        return;
    }
    for child in key.children().filter(|child| !child.is_free()) {
        path.push(match key.kind {
            Kind::Array => Place::Item,
            _ => Place::Key(child.name),
        });
        spoil(form, base, path, child, faults);
        path.pop();
    }
}

/// Whether it is an error that the key is missing, not only a warning for some systems.
fn needed_everywhere(key: &Key) -> bool {
    key.support.rules().next().is_some()
}

/// Puts a value in place of another, or takes it away; false when there is none.
fn replace(dict: &mut Dictionary, path: &[Place], value: Option<Value>) -> bool {
    let Some((Place::Key(name), rest)) = path.split_first() else {
        return false;
    };
    if rest.is_empty() {
        return match value {
            Some(value) => dict.insert((*name).to_owned(), value).is_some(),
            None => dict.remove(name).is_some(),
        };
    }
    let mut here = dict.get_mut(name);
    let mut rest = rest;
    while let Some((step, after)) = rest.split_first() {
        here = match (here, step) {
            (Some(Value::Array(items)), Place::Item) => items.first_mut(),
            (Some(Value::Dictionary(inner)), Place::Key(_)) => {
                return replace(inner, rest, value);
            }
            _ => None,
        };
        rest = after;
    }
    match (here, value) {
        (Some(place), Some(value)) => {
            *place = value;
            true
        }
        _ => false,
    }
}

fn named(kind: &str, identifier: &str, nth: u32) -> Dictionary {
    let mut dict = Dictionary::new();
    dict.insert("PayloadType".to_owned(), Value::from(kind));
    dict.insert("PayloadVersion".to_owned(), Value::from(1));
    dict.insert("PayloadIdentifier".to_owned(), Value::from(identifier));
    dict.insert("PayloadUUID".to_owned(), Value::from(uuid(nth)));
    dict
}

fn uuid(nth: u32) -> String {
    format!("00000000-0000-4000-8000-{nth:012}")
}

fn fill_in(
    dict: &mut Dictionary,
    keys: impl Iterator<Item = &'static Key>,
    fill: Fill,
    random: &mut Random,
    depth: usize,
) {
    for key in keys {
        if dict.contains_key(key.name) || fill == Fill::Required && !key.required {
            continue;
        }
        let name = if key.is_free() { "any.name" } else { key.name };
        if let Some(value) = value(key, fill, random, depth) {
            dict.insert(name.to_owned(), value);
        }
    }
}

/// Deep down only what is required: the circles of the schema are optional. `None` does not come of this schema.
fn value(key: &'static Key, fill: Fill, random: &mut Random, depth: usize) -> Option<Value> {
    if depth > MOST {
        return None;
    }
    let fill = if depth > DEPTH { Fill::Required } else { fill };
    let below = depth.saturating_add(1);
    Some(match key.kind {
        Kind::String => Value::from(text(key, random)),
        Kind::Integer | Kind::Real => numeral(key, random),
        Kind::Boolean => Value::from(random.below(2) == 1),
        Kind::Date => {
            let day = SystemTime::UNIX_EPOCH.checked_add(Duration::from_hours(480_000));
            Value::Date(day.unwrap_or(SystemTime::UNIX_EPOCH).into())
        }
        Kind::Data => Value::Data(vec![48, 0]),
        Kind::Any => Value::from("anything"),
        Kind::Array => Value::Array(items(key, fill, random, below)),
        Kind::Dictionary => {
            let mut dict = Dictionary::new();
            fill_in(&mut dict, key.children(), fill, random, below);
            Value::Dictionary(dict)
        }
    })
}

fn items(key: &'static Key, fill: Fill, random: &mut Random, depth: usize) -> Vec<Value> {
    let Some(item) = key.item() else {
        return Vec::new();
    };
    let wanted = usize::from(fill == Fill::All || item.required);
    let wanted = wanted.max(item.least.unwrap_or(0));
    let wanted = wanted.min(item.most.unwrap_or(usize::MAX));
    (0..wanted)
        .filter_map(|_| value(item, fill, random, depth))
        .collect()
}

fn text(key: &Key, random: &mut Random) -> String {
    if let Some(Scalar::Text(word)) = random.pick(&key.allowed) {
        return (*word).to_owned();
    }
    // Anything that names another payload names the one that is there.
    if key.name.contains("UUID") {
        return uuid(1);
    }
    match (key.format, key.is) {
        (Some(Format::Uuid), _) => uuid(1),
        (Some(Format::MacAddress), _) => "00:1B:63:84:45:E6".to_owned(),
        (Some(Format::SixDigits), _) => format!("{:06}", random.below(1_000_000)),
        (Some(Format::RoamingConsortium), _) => "506F9A".to_owned(),
        (Some(Format::Https), _) | (_, Some("url")) => "https://example.com/a".to_owned(),
        (_, Some("hostname")) => "proxy.example.com".to_owned(),
        _ => format!("text {}", random.below(1000)),
    }
}

fn numeral(key: &Key, random: &mut Random) -> Value {
    match random.pick(&key.allowed) {
        Some(Scalar::Integer(one)) => return Value::from(*one),
        Some(Scalar::Real(one)) => return Value::Real(*one),
        _ => {}
    }
    let least = key.min.and_then(whole).unwrap_or(0);
    let most = key.max.and_then(whole).unwrap_or(least.saturating_add(100));
    let span = u64::try_from(most.saturating_sub(least)).unwrap_or(0);
    let over = i64::try_from(random.below(span.saturating_add(1))).unwrap_or(0);
    number(key.kind, least.saturating_add(over))
}

fn number(kind: Kind, whole: i64) -> Value {
    match kind {
        Kind::Real => Value::Real(i32::try_from(whole).map_or(0.0, f64::from)),
        _ => Value::from(whole),
    }
}

fn whole(scalar: Scalar) -> Option<i64> {
    match scalar {
        Scalar::Integer(number) => Some(number),
        // The schema's bounds of real numbers are whole.
        Scalar::Real(number) => format!("{number:.0}").parse().ok(),
        Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

fn of_another_kind(kind: Kind) -> Option<Value> {
    match kind {
        Kind::Any => None,
        Kind::Integer => Some(Value::Real(1.0)),
        Kind::Boolean | Kind::String => Some(Value::from(1)),
        _ => Some(Value::from(true)),
    }
}

/// Every payload of the catalogue, good, with a name for messages.
pub fn every(fill: Fill, seed: u64) -> impl Iterator<Item = (&'static Payload, Dictionary)> {
    catalogue::payloads().map(move |payload| (payload, good(payload, fill, seed)))
}

/// Vigna's splitmix64: the same numbers for the same seed, no more.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).ok()?;
        from.get(usize::try_from(self.below(count)).ok()?)
    }
}
