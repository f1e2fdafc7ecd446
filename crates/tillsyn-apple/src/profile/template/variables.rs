//! `{{name}}` and `{{name|what else}}` inside texts; `\{{` is a literal `{{`.

use std::collections::BTreeMap;

use plist::Value;

use super::tree::text;
use super::{KeyPath, Template};

/// A variable that a text names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableUse {
    pub path: KeyPath,
    pub name: String,
    /// What stands there when the device has no such value.
    pub fallback: Option<String>,
}

/// A variable without a value and without a fallback.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    pub path: KeyPath,
    pub name: String,
}

impl Template {
    /// In the order of the profile; a name that stands twice is there twice.
    pub fn variables(&self) -> Vec<VariableUse> {
        let mut found = Vec::new();
        for (path, text) in self.texts() {
            for piece in pieces(text) {
                if let Piece::Variable { name, fallback } = piece {
                    found.push(VariableUse {
                        path: path.clone(),
                        name: name.to_owned(),
                        fallback: fallback.map(str::to_owned),
                    });
                }
            }
        }
        found
    }

    /// The profile with its values in place. Values are not expanded again.
    pub fn expand(&self, values: &BTreeMap<String, String>) -> Result<Self, Vec<Missing>> {
        self.expand_for(values, &BTreeMap::new())
    }

    /// The same, with values that count in one payload only, by its `PayloadIdentifier`: each
    /// credential has a challenge of its own.
    pub fn expand_for(
        &self,
        values: &BTreeMap<String, String>,
        of_payload: &BTreeMap<String, BTreeMap<String, String>>,
    ) -> Result<Self, Vec<Missing>> {
        let mut missing = Vec::new();
        let mut expanded = self.clone();
        for (key, value) in expanded.root_mut().iter_mut() {
            let path = KeyPath::default().key(key);
            match value {
                Value::Array(items) if key == "PayloadContent" => {
                    for (index, item) in items.iter_mut().enumerate() {
                        let own = item
                            .as_dictionary()
                            .and_then(|payload| text(payload, "PayloadIdentifier"))
                            .and_then(|identifier| of_payload.get(identifier));
                        let all = [own, Some(values)];
                        expand(item, &path.index(index), all, &mut missing);
                    }
                }
                _ => expand(value, &path, [None, Some(values)], &mut missing),
            }
        }
        if missing.is_empty() {
            Ok(expanded)
        } else {
            Err(missing)
        }
    }

    /// Puts data where a text is nothing but this variable: only data can be a certificate.
    pub fn with_data(&self, name: &str, bytes: &[u8]) -> Self {
        let mut template = self.clone();
        for value in template.root_mut().values_mut() {
            put_data(value, name, bytes);
        }
        template
    }
}

/// What counts first comes first.
type Layers<'a> = [Option<&'a BTreeMap<String, String>>; 2];

fn expand(value: &mut Value, path: &KeyPath, values: Layers<'_>, missing: &mut Vec<Missing>) {
    match value {
        Value::String(string) if string.contains("{{") => {
            *string = expand_text(string, values, |name| {
                missing.push(Missing {
                    path: path.clone(),
                    name: name.to_owned(),
                });
            });
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                expand(item, &path.index(index), values, missing);
            }
        }
        Value::Dictionary(dict) => {
            for (key, item) in dict.iter_mut() {
                expand(item, &path.key(key), values, missing);
            }
        }
        _ => {}
    }
}

fn expand_text(text: &str, values: Layers<'_>, mut on_missing: impl FnMut(&str)) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => out.push_str(literal),
            Piece::Variable { name, fallback } => {
                let value = values
                    .into_iter()
                    .flatten()
                    .find_map(|layer| layer.get(name));
                match value.map(String::as_str).or(fallback) {
                    Some(value) => out.push_str(value),
                    None => on_missing(name),
                }
            }
        }
    }
    out
}

fn put_data(value: &mut Value, name: &str, bytes: &[u8]) {
    match value {
        Value::String(text) if whole_variable(text) == Some(name) => {
            *value = Value::Data(bytes.to_vec());
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| put_data(item, name, bytes)),
        Value::Dictionary(dict) => dict
            .values_mut()
            .for_each(|item| put_data(item, name, bytes)),
        _ => {}
    }
}

/// Whether expanding changes the text.
pub(in crate::profile) fn has_variable(text: &str) -> bool {
    pieces(text).any(|piece| matches!(piece, Piece::Variable { .. }))
}

/// The name, when the text is one variable without a fallback and nothing else.
pub(in crate::profile) fn whole_variable(text: &str) -> Option<&str> {
    let mut pieces = pieces(text);
    match (pieces.next(), pieces.next()) {
        (
            Some(Piece::Variable {
                name,
                fallback: None,
            }),
            None,
        ) => Some(name),
        _ => None,
    }
}

/// Whether the template itself says nothing here: only variables without fallbacks.
pub(super) fn only_variables(text: &str) -> bool {
    pieces(text).all(|piece| matches!(piece, Piece::Variable { fallback: None, .. }))
}

enum Piece<'a> {
    Literal(&'a str),
    Variable {
        name: &'a str,
        fallback: Option<&'a str>,
    },
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = next_piece(rest);
        rest = after;
        Some(piece)
    })
}

fn next_piece(text: &str) -> (Piece<'_>, &str) {
    if let Some(after) = text.strip_prefix(r"\{{") {
        return (Piece::Literal("{{"), after);
    }
    if let Some(body) = text.strip_prefix("{{") {
        // What is never closed is text.
        let Some((inside, after)) = body.split_once("}}") else {
            return (Piece::Literal(text), "");
        };
        let (name, fallback) = match inside.split_once('|') {
            Some((name, fallback)) => (name, Some(fallback)),
            None => (inside, None),
        };
        let name = name.trim();
        return (Piece::Variable { name, fallback }, after);
    }
    let end = [text.find(r"\{{"), text.find("{{")]
        .into_iter()
        .flatten()
        .min()
        .unwrap_or(text.len());
    let (literal, after) = text.split_at(end);
    (Piece::Literal(literal), after)
}
