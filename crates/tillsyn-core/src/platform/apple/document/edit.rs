//! Carries out edits.

use plist::{Dictionary, Value};
use tillsyn_apple::profile::template::KeyPath;

use super::expected::Place;
use super::json::{Expected as _, from_json};
use super::{Document, fresh_uuid};
use crate::error::Error;
use crate::profiles::{Edit, MAX_EDITS, MAX_PAYLOADS, Step, ValueKind};

/// Keys of the top that are not for edits: the product keeps them.
const KEPT: &[&str] = &[
    "PayloadContent",
    "PayloadIdentifier",
    "PayloadType",
    "PayloadUUID",
    "PayloadVersion",
];

impl Document {
    /// Carries out all edits in their order, or none.
    ///
    /// # Errors
    /// Invalid, with the number of the edit in `data`, for one that cannot be carried out.
    pub(crate) fn edit(&mut self, edits: &[Edit], now_ms: i64) -> Result<(), Error> {
        if edits.len() > MAX_EDITS {
            return Err(Error::invalid(
                "edits",
                "too_many_edits",
                format!("One save takes at most {MAX_EDITS} edits."),
            ));
        }
        let mut changed = self.clone();
        for (nth, edit) in edits.iter().enumerate() {
            changed
                .apply(edit, now_ms)
                .map_err(|error| error.with_data(serde_json::json!({ "edit": nth })))?;
        }
        *self = changed;
        Ok(())
    }

    fn apply(&mut self, edit: &Edit, now_ms: i64) -> Result<(), Error> {
        match edit {
            Edit::AddPayload {
                payload_type,
                at,
                values,
            } => {
                let mut payload = Dictionary::new();
                let uuid = fresh_uuid(now_ms);
                let identifier = format!("{}.{uuid}", self.identifier());
                for (key, value) in [
                    ("PayloadType", Value::from(payload_type.as_str())),
                    ("PayloadVersion", Value::from(1_u64)),
                    ("PayloadIdentifier", Value::from(identifier)),
                    ("PayloadUUID", Value::from(uuid)),
                ] {
                    payload.insert(key.to_owned(), value);
                }
                // The texts tell the variant, on which the types of the others depend.
                let mut told = payload.clone();
                for (key, value) in values {
                    if let Some(text) = value.as_str() {
                        told.insert(key.clone(), Value::from(text));
                    }
                }
                for (key, value) in values {
                    if key == "PayloadType" {
                        return Err(wrong("The type of a payload is given once, as `type`."));
                    }
                    let place = Place::payload(&told).key(key);
                    payload.insert(key.clone(), from_json(value, place)?);
                }
                let payloads = self.payload_list()?;
                if payloads.len() >= MAX_PAYLOADS {
                    return Err(wrong("The profile is full; divide it."));
                }
                let at = at.unwrap_or(payloads.len());
                if at > payloads.len() {
                    return Err(no_payload(at));
                }
                payloads.insert(at, Value::Dictionary(payload));
                Ok(())
            }
            Edit::RemovePayload { payload } => {
                let payloads = self.payload_list()?;
                if *payload >= payloads.len() {
                    return Err(no_payload(*payload));
                }
                payloads.remove(*payload);
                Ok(())
            }
            Edit::MovePayload { payload, to } => {
                let payloads = self.payload_list()?;
                for index in [*payload, *to] {
                    if index >= payloads.len() {
                        return Err(no_payload(index));
                    }
                }
                let moved = payloads.remove(*payload);
                payloads.insert(*to, moved);
                Ok(())
            }
            Edit::Set {
                payload,
                path,
                value,
                kind,
            } => {
                let (start, place) = self.start(*payload, path)?;
                let place = place.along(path);
                let present = find(start, path);
                let place = place.or_else(*kind, present.and_then(kind_of));
                let value = from_json(value, place)?;
                put(start, path, value)
            }
            Edit::Unset { payload, path } => {
                let (start, _) = self.start(*payload, path)?;
                unset(start, path)
            }
        }
    }

    fn payload_list(&mut self) -> Result<&mut Vec<Value>, Error> {
        let root = self.0.root_mut();
        if !root.contains_key("PayloadContent") && !root.contains_key("EncryptedPayloadContent") {
            root.insert("PayloadContent".to_owned(), Value::Array(Vec::new()));
        }
        match root.get_mut("PayloadContent") {
            Some(Value::Array(payloads)) => Ok(payloads),
            _ => Err(wrong(
                "The payloads of this profile are encrypted; they cannot be edited here.",
            )),
        }
    }

    /// The dictionary that a path begins in.
    fn start(
        &mut self,
        payload: Option<usize>,
        path: &[Step],
    ) -> Result<(&mut Dictionary, Place), Error> {
        let Some(Step::Key(first)) = path.first() else {
            return Err(wrong("A path begins with a key."));
        };
        let Some(index) = payload else {
            if KEPT.contains(&first.as_str()) {
                return Err(wrong(&format!(
                    "{first} of the profile is kept by Tillsyn."
                )));
            }
            return Ok((self.0.root_mut(), Place::top()));
        };
        if first == "PayloadType" {
            return Err(wrong(
                "A payload keeps its type; remove it and add another instead.",
            ));
        }
        let payload = self
            .payload_list()?
            .get_mut(index)
            .and_then(Value::as_dictionary_mut)
            .ok_or_else(|| no_payload(index))?;
        let place = Place::payload(payload);
        Ok((payload, place))
    }
}

fn key_path(path: &[Step]) -> KeyPath {
    path.iter().fold(KeyPath::default(), |at, step| match step {
        Step::Key(key) => at.key(key),
        Step::Index(index) => at.index(*index),
    })
}

fn find<'a>(start: &'a Dictionary, path: &[Step]) -> Option<&'a Value> {
    key_path(path).find(start)
}

/// Sets a value, making the dictionaries on the way.
fn put(start: &mut Dictionary, path: &[Step], value: Value) -> Result<(), Error> {
    let Some((Step::Key(first), rest)) = path.split_first() else {
        return Err(wrong("A path begins with a key."));
    };
    let empty = |next: Option<&Step>| match next {
        Some(Step::Index(_)) => Value::Array(Vec::new()),
        _ => Value::Dictionary(Dictionary::new()),
    };
    if !start.contains_key(first) {
        start.insert(first.clone(), empty(rest.first()));
    }
    let mut at = start.get_mut(first).ok_or_else(|| no_value(path))?;
    for (nth, step) in rest.iter().enumerate() {
        let next = rest.get(nth + 1);
        at = match (at, step) {
            (Value::Dictionary(dict), Step::Key(key)) => {
                if !dict.contains_key(key) {
                    dict.insert(key.clone(), empty(next));
                }
                dict.get_mut(key).ok_or_else(|| no_value(path))?
            }
            (Value::Array(items), Step::Index(index)) => {
                if *index == items.len() {
                    items.push(empty(next));
                }
                items.get_mut(*index).ok_or_else(|| no_value(path))?
            }
            _ => return Err(no_value(path)),
        };
    }
    *at = value;
    Ok(())
}

fn unset(start: &mut Dictionary, path: &[Step]) -> Result<(), Error> {
    let gone = match path {
        [Step::Key(key)] => start.remove(key).is_some(),
        [before @ .., last] => match (key_path(before).find_mut(start), last) {
            (Some(Value::Dictionary(dict)), Step::Key(key)) => dict.remove(key).is_some(),
            (Some(Value::Array(items)), Step::Index(index)) if *index < items.len() => {
                items.remove(*index);
                true
            }
            _ => false,
        },
        [] => false,
    };
    if gone { Ok(()) } else { Err(no_value(path)) }
}

fn kind_of(value: &Value) -> Option<ValueKind> {
    Some(match value {
        Value::String(_) => ValueKind::String,
        Value::Boolean(_) => ValueKind::Boolean,
        Value::Integer(_) => ValueKind::Integer,
        Value::Real(_) => ValueKind::Real,
        Value::Data(_) => ValueKind::Data,
        Value::Date(_) => ValueKind::Date,
        Value::Array(_) => ValueKind::Array,
        Value::Dictionary(_) => ValueKind::Dictionary,
        _ => return None,
    })
}

fn wrong(text: &str) -> Error {
    Error::invalid("edits", "edit", text)
}

fn no_payload(index: usize) -> Error {
    wrong(&format!(
        "There is no payload {index}; they are counted from 0."
    ))
}

fn no_value(path: &[Step]) -> Error {
    wrong(&format!("Nothing stands at {}.", key_path(path)))
}
