use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plist::{Dictionary, Value};

use super::tree::text;
use super::{KeyPath, Template};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed,
}

impl ChangeKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One value that differs, as text for people; secrets never show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In the newer profile, or in the older one when it was removed.
    pub path: KeyPath,
    pub kind: ChangeKind,
    pub old: Option<String>,
    pub new: Option<String>,
}

const HIDDEN: &str = "••••••";

impl Template {
    /// What differs from an older one: payloads are the same when their identifiers are, wherever
    /// they stand.
    pub fn diff(&self, newer: &Self) -> Vec<Change> {
        let old = leaves(self);
        let new = leaves(newer);
        let mut changes = Vec::new();
        for (name, leaf) in &new.values {
            match old.values.get(name) {
                None => changes.push(change(leaf, ChangeKind::Added, None, Some(leaf))),
                Some(former) if former.raw != leaf.raw => {
                    changes.push(change(leaf, ChangeKind::Changed, Some(former), Some(leaf)));
                }
                Some(_) => {}
            }
        }
        for (name, leaf) in &old.values {
            if !new.values.contains_key(name) {
                changes.push(change(leaf, ChangeKind::Removed, Some(leaf), None));
            }
        }
        if changes.is_empty() && old.order != new.order {
            let path = KeyPath::default().key("PayloadContent");
            changes.push(Change {
                path,
                kind: ChangeKind::Changed,
                old: Some(old.order.join(", ")),
                new: Some(new.order.join(", ")),
            });
        }
        changes.sort_by(|one, other| one.path.cmp(&other.path));
        changes
    }
}

fn change(at: &Leaf, kind: ChangeKind, old: Option<&Leaf>, new: Option<&Leaf>) -> Change {
    Change {
        path: at.path.clone(),
        kind,
        old: old.map(Leaf::shown),
        new: new.map(Leaf::shown),
    }
}

struct Leaf {
    path: KeyPath,
    raw: Value,
    secret: bool,
}

impl Leaf {
    fn shown(&self) -> String {
        if self.secret {
            HIDDEN.to_owned()
        } else {
            show(&self.raw)
        }
    }
}

fn show(value: &Value) -> String {
    const MOST: usize = 24;
    match value {
        Value::String(text) => text.clone(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Date(date) => date.to_xml_format(),
        Value::Data(bytes) => {
            let start = STANDARD.encode(bytes.get(..MOST).unwrap_or(bytes));
            format!("{start}… ({} bytes)", bytes.len())
        }
        Value::Array(_) => "[]".to_owned(),
        _ => "{}".to_owned(),
    }
}

/// Every value under a name that does not change when payloads move.
struct Leaves {
    values: BTreeMap<KeyPath, Leaf>,
    /// The payloads in their order.
    order: Vec<String>,
}

fn leaves(template: &Template) -> Leaves {
    let secrets: BTreeSet<KeyPath> = template.secret_paths().into_iter().collect();
    let mut names = payload_names(template);
    let mut walk = Walk {
        secrets,
        values: BTreeMap::new(),
    };
    for (key, value) in template.root() {
        let path = KeyPath::default().key(key);
        match value {
            Value::Array(items) if key == "PayloadContent" && !items.is_empty() => {
                for ((index, item), name) in items.iter().enumerate().zip(&names) {
                    walk.value(item, &path.key(name), &path.index(index));
                }
            }
            _ => walk.value(value, &path, &path),
        }
    }
    names.dedup();
    Leaves {
        values: walk.values,
        order: names,
    }
}

/// The identifier of each payload, numbered where it stands more than once.
fn payload_names(template: &Template) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    template
        .content()
        .iter()
        .map(|item| {
            let name = item
                .as_dictionary()
                .and_then(|payload: &Dictionary| text(payload, "PayloadIdentifier"))
                .unwrap_or_default()
                .to_owned();
            let count = seen.entry(name.clone()).or_default();
            *count = count.saturating_add(1);
            if *count == 1 {
                name
            } else {
                format!("{name} #{count}")
            }
        })
        .collect()
}

struct Walk {
    secrets: BTreeSet<KeyPath>,
    values: BTreeMap<KeyPath, Leaf>,
}

impl Walk {
    fn value(&mut self, value: &Value, name: &KeyPath, path: &KeyPath) {
        match value {
            Value::Dictionary(dict) if !dict.is_empty() => {
                for (key, item) in dict {
                    self.value(item, &name.key(key), &path.key(key));
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &name.index(index), &path.index(index));
                }
            }
            leaf => {
                let found = Leaf {
                    path: path.clone(),
                    raw: leaf.clone(),
                    secret: self.secrets.contains(path),
                };
                self.values.insert(name.clone(), found);
            }
        }
    }
}
