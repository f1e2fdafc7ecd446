//! The profile as a whole.

use std::collections::BTreeMap;

use plist::{Dictionary, Value};

use super::finding::{Allowed, Code, Finding, PayloadAt, Severity};
use super::found::quoted;
use super::value::Checker;
use super::{exclusive, payload, references};
use crate::profile::MdmPayload;
use crate::profile::catalogue::{self, Kind};
use crate::profile::template::{KeyPath, has_variable, is_credential};

/// What is wrong with a profile, from its top down; errors mean that devices would refuse it.
pub fn check(root: &Dictionary) -> Vec<Finding> {
    let mut findings = top_level(root);
    if is_encrypted(root) {
        return findings;
    }
    let Some(Value::Array(content)) = root.get("PayloadContent") else {
        return findings;
    };
    let mut checked = Vec::new();
    for (index, item) in content.iter().enumerate() {
        let Value::Dictionary(dict) = item else {
            findings.push(no_dictionary(index));
            continue;
        };
        let at = PayloadAt::of(index, dict);
        let (form, found) = payload::check(dict, &at);
        findings.extend(found);
        if at.kind == MdmPayload::TYPE {
            findings.push(whole(&at, Severity::Error, Code::MdmPayload));
        }
        if is_credential(dict) && names_a_variable(dict) {
            findings.push(Finding {
                path: KeyPath::default().key("PayloadIdentifier"),
                found: Some(quoted(&at.identifier)),
                allowed: Allowed::Format("[^{}]+"),
                ..whole(&at, Severity::Error, Code::BadFormat)
            });
        }
        checked.push((at, dict, form));
    }
    findings.extend(duplicates(&checked, "PayloadUUID", Code::DuplicateUuid));
    let twice = duplicates(&checked, "PayloadIdentifier", Code::DuplicateIdentifier);
    findings.extend(twice);
    findings.extend(exclusive::check(&checked));
    findings.extend(references::check(&checked));
    findings
}

/// Its certificate is known by this name, from version to version and from device to device.
fn names_a_variable(payload: &Dictionary) -> bool {
    let name = payload.get("PayloadIdentifier").and_then(Value::as_string);
    name.is_some_and(has_variable)
}

/// A payload, where it stands, and the form that fits it.
pub(super) type Checked<'a> = (
    PayloadAt,
    &'a Dictionary,
    Option<&'static catalogue::Payload>,
);

/// About a payload as such.
pub(super) fn whole(at: &PayloadAt, severity: Severity, code: Code) -> Finding {
    Finding {
        severity,
        code,
        payload: Some(at.clone()),
        path: KeyPath::default(),
        found: None,
        allowed: Allowed::Nothing,
    }
}

fn is_encrypted(root: &Dictionary) -> bool {
    root.get("IsEncrypted").and_then(Value::as_boolean) == Some(true)
}

fn top_level(root: &Dictionary) -> Vec<Finding> {
    let mut checker = Checker::new(None);
    let top = KeyPath::default();
    let encrypted = is_encrypted(root);
    if let Some(schema) = catalogue::top_level() {
        let needed = schema
            .keys()
            .filter(|key| !(encrypted && key.name == "PayloadContent"));
        checker.required(root, needed, schema.support, &top);
        for (name, value) in root {
            let path = top.key(name);
            match schema.key(name) {
                // Its items are checked as payloads.
                Some(_) if name == "PayloadContent" && value.as_array().is_some() => {}
                Some(key) => checker.value(key, value, &path),
                None => {
                    let warning = (Severity::Warning, Code::UnknownKey);
                    checker.say(warning, &path, None, Allowed::Nothing);
                }
            }
        }
    }
    if encrypted {
        let note = (Severity::Note, Code::Encrypted);
        checker.say(note, &top, None, Allowed::Nothing);
    } else if root
        .get("PayloadContent")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty)
    {
        let warning = (Severity::Warning, Code::NoPayloads);
        checker.say(warning, &top.key("PayloadContent"), None, Allowed::Nothing);
    }
    checker.findings
}

fn no_dictionary(index: usize) -> Finding {
    Finding {
        severity: Severity::Error,
        code: Code::WrongType,
        payload: None,
        path: KeyPath::default().key("PayloadContent").index(index),
        found: None,
        allowed: Allowed::Kind(Kind::Dictionary),
    }
}

/// Devices refuse a profile with two payloads of one name.
fn duplicates(checked: &[Checked<'_>], key: &str, code: Code) -> Vec<Finding> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let name = |dict: &'_ Dictionary| dict.get(key).and_then(Value::as_string).map(str::to_owned);
    let names: Vec<Option<String>> = checked.iter().map(|(_, dict, _)| name(dict)).collect();
    for name in names.iter().flatten() {
        let count = seen.entry(name).or_default();
        *count = count.saturating_add(1);
    }
    checked
        .iter()
        .zip(&names)
        .filter_map(|((at, _, _), name)| Some((at, name.as_ref()?)))
        .filter(|(_, name)| {
            !has_variable(name) && seen.get(name.as_str()).is_some_and(|count| *count > 1)
        })
        .map(|(at, name)| Finding {
            path: KeyPath::default().key(key),
            found: Some(quoted(name)),
            ..whole(at, Severity::Error, code)
        })
        .collect()
}
