//! One payload against the forms of its type.

use plist::{Dictionary, Value};

use super::finding::{Allowed, Code, Finding, PayloadAt, Severity};
use super::value::Checker;
use crate::profile::catalogue::{self, Payload, variants};
use crate::profile::template::KeyPath;

/// The form of its type that fits a payload best; `None` when the schema does not know the type.
pub fn fit(payload: &Dictionary) -> Option<&'static Payload> {
    let at = PayloadAt::of(0, payload);
    // Nearly all types have one form.
    match variants(&at.kind).as_slice() {
        [] => None,
        [only] => Some(only),
        _ => best(payload, &at).map(|(form, _)| form),
    }
}

/// What is wrong with it, against the form that fits best.
pub(super) fn check(
    payload: &Dictionary,
    at: &PayloadAt,
) -> (Option<&'static Payload>, Vec<Finding>) {
    if let Some((form, findings)) = best(payload, at) {
        return (Some(form), findings);
    }
    let mut checker = Checker::new(Some(at));
    let note = (Severity::Note, Code::UnknownPayload);
    checker.say(note, &KeyPath::default(), None, Allowed::Nothing);
    common(payload, &mut checker);
    (None, checker.findings)
}

fn best(payload: &Dictionary, at: &PayloadAt) -> Option<(&'static Payload, Vec<Finding>)> {
    variants(&at.kind)
        .into_iter()
        .map(|form| (form, against(payload, at, form)))
        .min_by_key(|(_, findings)| weight(findings))
}

/// Errors first: a form whose keys are not even known fits worse than one that misses a key.
fn weight(findings: &[Finding]) -> (usize, usize) {
    let unknown = findings.iter().filter(|of| of.code == Code::UnknownKey);
    (unknown.count(), findings.len())
}

fn against(payload: &Dictionary, at: &PayloadAt, form: &'static Payload) -> Vec<Finding> {
    let mut checker = Checker::new(Some(at));
    let common = catalogue::common();
    let top = KeyPath::default();
    if let Some(common) = common {
        let missing = common.keys().filter(|key| !own(form, key.name));
        checker.required(payload, missing, common.support, &top);
    }
    checker.required(payload, form.keys(), form.support, &top);
    // A key of its own goes before one of all, and one of all before one of any name.
    let key_of = |name: &str| {
        let own = form.key(name);
        match own {
            Some(key) if !key.is_free() => own,
            _ => common.and_then(|common| common.key(name)).or(own),
        }
    };
    checker.dictionary(payload, &key_of, &top);
    checker.findings
}

fn own(form: &Payload, name: &str) -> bool {
    form.key(name).is_some_and(|key| !key.is_free())
}

/// Of a payload that nobody knows: the keys that all have.
fn common(payload: &Dictionary, checker: &mut Checker<'_>) {
    let Some(common) = catalogue::common() else {
        return;
    };
    let top = KeyPath::default();
    checker.required(payload, common.keys(), common.support, &top);
    for (name, value) in payload {
        if let Some(key) = common.key(name) {
            checker.value(key, value, &top.key(name));
        }
    }
}

impl PayloadAt {
    pub(in crate::profile) fn of(index: usize, payload: &Dictionary) -> Self {
        let text = |key| payload.get(key).and_then(Value::as_string).unwrap_or("");
        Self {
            index,
            kind: text("PayloadType").to_owned(),
            identifier: text("PayloadIdentifier").to_owned(),
        }
    }
}
