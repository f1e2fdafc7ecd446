//! One parameter of a command: its name in JSON, its key on Apple's wire and what it may hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use crate::error::Error;

/// A parameter of a command, or of one of its parts.
#[derive(Debug)]
pub struct Parameter {
    /// In our JSON.
    pub name: &'static str,
    /// On the wire.
    pub key: &'static str,
    pub kind: ParameterKind,
    pub required: bool,
    /// Kept sealed, never shown again.
    pub secret: bool,
}

/// What a parameter holds.
#[derive(Debug)]
pub enum ParameterKind {
    Text,
    /// A text that may be empty: then there is to be no password.
    Password,
    Flag,
    Integer {
        min: i64,
        max: i64,
    },
    /// Bytes, as base64.
    Data,
    Choice(&'static [&'static str]),
    NumberChoice(&'static [i64]),
    Texts,
    Object(&'static [Parameter]),
    Objects(&'static [Parameter]),
    /// A list whose members say by `item` which of these they are.
    Items(&'static [Item]),
    /// An object with keys of somebody else's making.
    Free,
}

/// One kind of member of a [`ParameterKind::Items`] list.
#[derive(Debug)]
pub struct Item {
    /// The word in `item`, the same as on the wire.
    pub name: &'static str,
    pub parameters: &'static [Parameter],
}

/// Longest text of a parameter.
const TEXT_LIMIT: usize = 10_000;
const PASSWORD_LIMIT: usize = 256;
/// Most members of a list.
const LIST_LIMIT: usize = 1_000;

impl Parameter {
    const fn new(name: &'static str, key: &'static str, kind: ParameterKind) -> Self {
        Self {
            name,
            key,
            kind,
            required: false,
            secret: false,
        }
    }

    pub(super) const fn text(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ParameterKind::Text)
    }

    pub(super) const fn flag(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ParameterKind::Flag)
    }

    pub(super) const fn integer(name: &'static str, key: &'static str, min: i64, max: i64) -> Self {
        Self::new(name, key, ParameterKind::Integer { min, max })
    }

    pub(super) const fn data(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ParameterKind::Data)
    }

    pub(super) const fn texts(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ParameterKind::Texts)
    }

    pub(super) const fn of(name: &'static str, key: &'static str, kind: ParameterKind) -> Self {
        Self::new(name, key, kind)
    }

    pub(super) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether it, or a part of it, is a secret.
    pub fn has_secret(&self) -> bool {
        let any = |parts: &[Self]| parts.iter().any(Self::has_secret);
        self.secret
            || match self.kind {
                ParameterKind::Object(parts) | ParameterKind::Objects(parts) => any(parts),
                ParameterKind::Items(items) => items.iter().any(|item| any(item.parameters)),
                _ => false,
            }
    }
}

/// Refuses values that the parameters do not allow; `path` names the command or the part of it.
pub(crate) fn check(
    parameters: &'static [Parameter],
    values: &Map<String, Json>,
    path: &str,
) -> Result<(), Error> {
    if let Some(unknown) = values
        .keys()
        .find(|name| !parameters.iter().any(|p| p.name == name.as_str()))
    {
        let shown: String = unknown.chars().take(60).collect();
        return Err(Error::invalid(
            "command",
            "parameter_unknown",
            format!("{path} takes no {shown:?}."),
        ));
    }
    for parameter in parameters {
        match values.get(parameter.name) {
            None | Some(Json::Null) if parameter.required => {
                return Err(Error::invalid(
                    parameter.name,
                    "parameter_missing",
                    format!("{path} needs {:?}.", parameter.name),
                ));
            }
            None | Some(Json::Null) => {}
            Some(value) => check_value(parameter, value, path)?,
        }
    }
    Ok(())
}

fn check_value(parameter: &'static Parameter, value: &Json, path: &str) -> Result<(), Error> {
    let name = parameter.name;
    let wrong = |what: String| {
        Err(Error::invalid(
            name,
            "parameter_value",
            format!("{path}: {name:?} is {what}."),
        ))
    };
    match (&parameter.kind, value) {
        (ParameterKind::Text, Json::String(text)) if text_fits(text) => Ok(()),
        (ParameterKind::Text, _) => wrong(format!("a text of 1 to {TEXT_LIMIT} characters")),
        (ParameterKind::Password, Json::String(text)) if text.chars().count() <= PASSWORD_LIMIT => {
            Ok(())
        }
        (ParameterKind::Password, _) => {
            wrong(format!("a text of at most {PASSWORD_LIMIT} characters"))
        }
        (ParameterKind::Flag, Json::Bool(_)) => Ok(()),
        (ParameterKind::Flag, _) => wrong("true or false".to_owned()),
        (ParameterKind::Integer { min, max }, number)
            if number.as_i64().is_some_and(|n| (*min..=*max).contains(&n)) =>
        {
            Ok(())
        }
        (ParameterKind::Integer { min, max }, _) => {
            wrong(format!("a whole number from {min} to {max}"))
        }
        (ParameterKind::Data, Json::String(text)) if STANDARD.decode(text.trim()).is_ok() => Ok(()),
        (ParameterKind::Data, _) => wrong("bytes in base64".to_owned()),
        (ParameterKind::Choice(words), Json::String(text)) if words.contains(&text.as_str()) => {
            Ok(())
        }
        (ParameterKind::Choice(words), _) => wrong(format!("one of {}", words.join(", "))),
        (ParameterKind::NumberChoice(numbers), number)
            if number.as_i64().is_some_and(|n| numbers.contains(&n)) =>
        {
            Ok(())
        }
        (ParameterKind::NumberChoice(numbers), _) => wrong(format!(
            "one of {}",
            numbers
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        )),
        (ParameterKind::Texts, Json::Array(items))
            if list_fits(items) && items.iter().all(|i| i.as_str().is_some_and(text_fits)) =>
        {
            Ok(())
        }
        (ParameterKind::Texts, _) => wrong(format!("a list of 1 to {LIST_LIMIT} texts")),
        (ParameterKind::Object(parts), Json::Object(values)) => {
            check(parts, values, &format!("{path}, {name}"))
        }
        (ParameterKind::Object(_) | ParameterKind::Free, value) if !value.is_object() => {
            wrong("an object".to_owned())
        }
        (ParameterKind::Free, _) => Ok(()),
        (ParameterKind::Objects(parts), Json::Array(items)) if list_fits(items) => {
            items.iter().try_for_each(|item| match item {
                Json::Object(values) => check(parts, values, &format!("{path}, {name}")),
                _ => wrong("a list of objects".to_owned()),
            })
        }
        (ParameterKind::Items(kinds), Json::Array(items)) if list_fits(items) => items
            .iter()
            .try_for_each(|item| check_item(kinds, item, path)),
        (_, _) => wrong(format!("a list of 1 to {LIST_LIMIT} objects")),
    }
}

fn check_item(kinds: &'static [Item], item: &Json, path: &str) -> Result<(), Error> {
    let word = item["item"].as_str().unwrap_or_default();
    let Some((kind, values)) = kinds
        .iter()
        .find(|kind| kind.name == word)
        .zip(item.as_object())
    else {
        let words: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
        return Err(Error::invalid(
            "item",
            "parameter_value",
            format!("{path}: \"item\" is one of {}.", words.join(", ")),
        ));
    };
    let mut values = values.clone();
    values.remove("item");
    check(kind.parameters, &values, &format!("{path}, {word}"))
}

fn text_fits(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= TEXT_LIMIT
}

fn list_fits(items: &[Json]) -> bool {
    (1..=LIST_LIMIT).contains(&items.len())
}

/// The same values with every secret left out.
pub(crate) fn without_secrets(
    parameters: &'static [Parameter],
    values: &Map<String, Json>,
) -> Map<String, Json> {
    let mut shown = Map::new();
    for (name, value) in values {
        let Some(parameter) = parameters.iter().find(|p| p.name == name.as_str()) else {
            // `item`, which says what its neighbours are.
            shown.insert(name.clone(), value.clone());
            continue;
        };
        if parameter.secret {
            continue;
        }
        shown.insert(name.clone(), shown_value(&parameter.kind, value));
    }
    shown
}

fn shown_value(kind: &ParameterKind, value: &Json) -> Json {
    let inside = |parts: &'static [Parameter], value: &Json| match value {
        Json::Object(values) => Json::Object(without_secrets(parts, values)),
        other => other.clone(),
    };
    match (kind, value) {
        (ParameterKind::Object(parts), value) => inside(parts, value),
        (ParameterKind::Objects(parts), Json::Array(items)) => {
            items.iter().map(|item| inside(parts, item)).collect()
        }
        (ParameterKind::Items(kinds), Json::Array(items)) => items
            .iter()
            .map(|item| {
                let word = item["item"].as_str().unwrap_or_default();
                match kinds.iter().find(|kind| kind.name == word) {
                    Some(kind) => inside(kind.parameters, item),
                    None => Json::Null,
                }
            })
            .collect(),
        (_, value) => value.clone(),
    }
}
