use std::collections::BTreeSet;

use plist::{Dictionary, Value};

use super::secret_keys::is_secret;
use super::tree::text;
use super::variables::only_variables;
use super::{KeyPath, Template};

impl Template {
    /// Where the profile itself says a secret: a text that is only variables says none.
    pub fn secret_paths(&self) -> Vec<KeyPath> {
        let mut found = Vec::new();
        for_secrets(self.root(), "", &KeyPath::default(), false, &mut found);
        found
    }

    /// The same profile for people to read, with every secret replaced by the placeholder.
    pub fn masked(&self, placeholder: &str) -> Self {
        let mut masked = self.clone();
        for path in self.secret_paths() {
            if let Some(value) = path.find_mut(masked.root_mut()) {
                mask(value, placeholder);
            }
        }
        masked
    }

    /// Puts former secrets back where the placeholder came back unchanged, by the payload's
    /// identifier and type and the place in it. Returns where there was no former one.
    pub fn merge_secrets(&mut self, from: &Self, placeholder: &str) -> Vec<KeyPath> {
        let sources: Vec<Option<Dictionary>> = self
            .content()
            .iter()
            .map(|item| former_payload(from, item.as_dictionary()?))
            .collect();
        let mut lost = Vec::new();
        for (key, value) in self.root_mut().iter_mut() {
            let path = KeyPath::default().key(key);
            match value {
                Value::Array(items) if key == "PayloadContent" => {
                    for ((index, item), source) in items.iter_mut().enumerate().zip(sources.iter())
                    {
                        let source = source.clone().map(Value::Dictionary);
                        restore(
                            item,
                            source.as_ref(),
                            placeholder,
                            &path.index(index),
                            &mut lost,
                        );
                    }
                }
                _ => restore(value, from.root().get(key), placeholder, &path, &mut lost),
            }
        }
        lost
    }
}

fn for_secrets(
    dict: &Dictionary,
    payload_type: &str,
    path: &KeyPath,
    inherited: bool,
    found: &mut Vec<KeyPath>,
) {
    for (key, value) in dict {
        let secret = inherited || is_secret(payload_type, key, value);
        visit(value, payload_type, &path.key(key), secret, found);
    }
}

fn visit(
    value: &Value,
    payload_type: &str,
    path: &KeyPath,
    secret: bool,
    found: &mut Vec<KeyPath>,
) {
    match value {
        Value::Dictionary(dict) => {
            // A payload starts here; its own dictionaries keep its type.
            let own = (path.0.len() == 2)
                .then(|| text(dict, "PayloadType"))
                .flatten();
            for_secrets(dict, own.unwrap_or(payload_type), path, secret, found);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, payload_type, &path.index(index), secret, found);
            }
        }
        Value::String(text) if secret && !only_variables(text) => found.push(path.clone()),
        Value::Data(bytes) if secret && !bytes.is_empty() => found.push(path.clone()),
        Value::Integer(_) | Value::Real(_) | Value::Date(_) if secret => found.push(path.clone()),
        _ => {}
    }
}

fn mask(value: &mut Value, placeholder: &str) {
    *value = match value {
        Value::Data(_) => Value::Data(placeholder.as_bytes().to_vec()),
        _ => Value::from(placeholder),
    };
}

fn is_mask(value: &Value, placeholder: &str) -> bool {
    match value {
        Value::String(text) => text == placeholder,
        Value::Data(bytes) => bytes == placeholder.as_bytes(),
        _ => false,
    }
}

fn former_payload(from: &Template, payload: &Dictionary) -> Option<Dictionary> {
    let same = |other: &Dictionary| {
        ["PayloadIdentifier", "PayloadType"]
            .into_iter()
            .all(|key| text(other, key).is_some() && text(other, key) == text(payload, key))
    };
    let mut all = from
        .payloads()
        .map(|(_, other)| other)
        .filter(|other| same(other));
    match (all.next(), all.next()) {
        (Some(one), None) => Some(one.clone()),
        _ => None,
    }
}

fn restore(
    value: &mut Value,
    former: Option<&Value>,
    placeholder: &str,
    path: &KeyPath,
    lost: &mut Vec<KeyPath>,
) {
    if is_mask(value, placeholder) {
        match former {
            Some(former) if !matches!(former, Value::Array(_) | Value::Dictionary(_)) => {
                *value = former.clone();
            }
            _ => lost.push(path.clone()),
        }
        return;
    }
    match value {
        Value::Dictionary(dict) => {
            let former = former.and_then(Value::as_dictionary);
            for (key, item) in dict.iter_mut() {
                let former = former.and_then(|dict| dict.get(key));
                restore(item, former, placeholder, &path.key(key), lost);
            }
        }
        Value::Array(items) => {
            let formers = former
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            let matches = pair(items, formers, placeholder);
            for ((index, item), found) in items.iter_mut().enumerate().zip(matches) {
                let former = found.and_then(|at| formers.get(at));
                restore(item, former, placeholder, &path.index(index), lost);
            }
        }
        _ => {}
    }
}

/// Which former item each item was: first those that are the same but for their secrets, then by
/// place, so that a list in another order does not swap its passwords.
fn pair(items: &[Value], formers: &[Value], placeholder: &str) -> Vec<Option<usize>> {
    let mut taken = BTreeSet::new();
    let mut found: Vec<Option<usize>> = Vec::with_capacity(items.len());
    for item in items {
        let at = formers
            .iter()
            .enumerate()
            .position(|(at, former)| !taken.contains(&at) && alike(item, former, placeholder));
        taken.extend(at);
        found.push(at);
    }
    if items.len() == formers.len() {
        for (at, found) in found.iter_mut().enumerate() {
            if found.is_none() && taken.insert(at) {
                *found = Some(at);
            }
        }
    }
    found
}

/// Whether both are the same where the item is not masked.
fn alike(item: &Value, former: &Value, placeholder: &str) -> bool {
    match (item, former) {
        (item, Value::Array(_) | Value::Dictionary(_)) if is_mask(item, placeholder) => false,
        (item, _) if is_mask(item, placeholder) => true,
        (Value::Dictionary(one), Value::Dictionary(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, item)| {
                    other
                        .get(key)
                        .is_some_and(|former| alike(item, former, placeholder))
                })
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other)
                    .all(|(item, former)| alike(item, former, placeholder))
        }
        (item, former) => item == former,
    }
}
