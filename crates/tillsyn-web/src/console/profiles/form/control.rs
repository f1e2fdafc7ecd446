//! Controls of single values, and what of JSON fits them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tillsyn_apple::profile::catalogue::{Key, Kind, Scalar};

use super::field::Control;
use crate::i18n::Texts;
use crate::ui::Choice;

/// Texts longer than this, and those of several lines, get a larger box.
const LONG: usize = 80;

/// The kind of a value that no schema describes.
pub(super) fn kind_of(value: &Json) -> Option<Kind> {
    Some(match value {
        Json::String(_) => Kind::String,
        Json::Bool(_) => Kind::Boolean,
        Json::Number(number) if number.is_f64() => Kind::Real,
        Json::Number(_) => Kind::Integer,
        Json::Array(_) | Json::Object(_) => Kind::Any,
        Json::Null => return None,
    })
}

/// Whether the control of this kind can show the value without loss.
pub(super) fn fits(kind: Kind, value: &Json) -> bool {
    match kind {
        Kind::String | Kind::Date | Kind::Data => value.is_string(),
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Real => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::Array => value.is_array(),
        Kind::Dictionary => value.is_object(),
        Kind::Any => false,
    }
}

/// A value as one text.
pub(super) fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A value as it is, for reading.
pub(super) fn shown(value: Option<&Json>) -> String {
    match value {
        None => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

pub(super) fn plain(l: Texts, kind: Kind, value: Option<&Json>) -> Control {
    let value = value.map(text).unwrap_or_default();
    match kind {
        Kind::Boolean => Control::Switch {
            on: value == "true",
        },
        Kind::Data => Control::Data {
            size: size(l, &value),
            value,
        },
        Kind::Any | Kind::Array | Kind::Dictionary => Control::Raw(value),
        _ => Control::Text {
            lines: value.chars().count() > LONG || value.contains('\n'),
            numeric: matches!(kind, Kind::Integer | Kind::Real),
            value,
        },
    }
}

/// How much data there is; nothing of a text that stands for data.
fn size(l: Texts, value: &str) -> String {
    match STANDARD.decode(value.trim()) {
        Ok(bytes) if !bytes.is_empty() => l.tn("profile-data-size", bytes.len()),
        _ => String::new(),
    }
}

/// `value` as the draft holds it: what was typed and not saved is not set.
pub(super) fn secret(kind: Kind, value: Option<&Json>) -> Control {
    Control::Secret {
        set: value.is_some_and(|value| value.as_str() != Some("")),
        data: kind == Kind::Data,
    }
}

pub(super) fn switch(key: &Key, value: Option<&Json>) -> Control {
    let default = key.default == Some(Scalar::Boolean(true));
    Control::Switch {
        on: value.and_then(Json::as_bool).unwrap_or(default),
    }
}

/// A value of the schema as a word for people.
pub(super) fn word(l: Texts, value: Scalar) -> String {
    match value {
        Scalar::Boolean(true) => l.t("profile-on"),
        Scalar::Boolean(false) => l.t("profile-off"),
        other => other.to_string(),
    }
}

/// One of these, or none. A value that is not among them stays.
pub(super) fn choice(
    l: Texts,
    allowed: &[Scalar],
    value: Option<&Json>,
    label: &dyn Fn(&str) -> Option<String>,
) -> Control {
    let present = value.map(text);
    let mut choices = vec![Choice {
        value: String::new(),
        text: l.t("profile-not-set"),
        chosen: present.is_none(),
    }];
    choices.extend(listed(allowed, present.as_slice(), label));
    Control::Choice(choices)
}

/// Several of these.
pub(super) fn many(
    allowed: &[Scalar],
    items: &[Json],
    label: &dyn Fn(&str) -> Option<String>,
) -> Control {
    let present: Vec<String> = items.iter().map(text).collect();
    Control::Many(listed(allowed, &present, label))
}

fn listed(
    allowed: &[Scalar],
    present: &[String],
    label: &dyn Fn(&str) -> Option<String>,
) -> Vec<Choice> {
    let known: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    let strange = present.iter().filter(|value| !known.contains(value));
    known
        .iter()
        .chain(strange)
        .map(|value| Choice {
            value: value.clone(),
            text: label(value).unwrap_or_else(|| value.clone()),
            chosen: present.contains(value),
        })
        .collect()
}

/// One of the payloads that bring a certificate.
pub(super) fn reference(l: Texts, payloads: &[Choice], value: Option<&Json>) -> Control {
    let present = value.map(text);
    let mut choices = vec![Choice {
        value: String::new(),
        text: l.t("profile-not-set"),
        chosen: present.is_none(),
    }];
    choices.extend(referred(payloads, present.as_slice()));
    Control::Choice(choices)
}

pub(super) fn references(payloads: &[Choice], items: &[Json]) -> Control {
    let present: Vec<String> = items.iter().map(text).collect();
    Control::Many(referred(payloads, &present))
}

fn referred(payloads: &[Choice], present: &[String]) -> Vec<Choice> {
    let strange = present
        .iter()
        .filter(|value| !payloads.iter().any(|payload| payload.value == **value))
        .map(|value| Choice {
            value: value.clone(),
            text: value.clone(),
            chosen: true,
        });
    payloads
        .iter()
        .map(|payload| Choice {
            chosen: present.contains(&payload.value),
            ..payload.clone()
        })
        .chain(strange)
        .collect()
}

pub(super) fn lines(items: &[Json]) -> String {
    let lines: Vec<String> = items.iter().map(text).collect();
    lines.join("\n")
}
