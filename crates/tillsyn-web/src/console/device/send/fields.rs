//! From the catalogue to fields of a form, and from what was typed to parameters.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use tillsyn_core::Error;
use tillsyn_core::commands::{CommandType, Parameter, ParameterKind};

use super::page::{SendField, SendKind};
use crate::console::words;
use crate::i18n::Texts;
use crate::ui::Choice;

/// In front of a parameter's name, so that it cannot be one of the form's own fields.
const PREFIX: &str = "p.";

/// The fields of a command with what was typed; secrets are never repeated.
pub(super) fn fields(
    l: Texts,
    kind: &'static CommandType,
    typed: &HashMap<String, String>,
) -> Vec<SendField> {
    kind.parameters
        .iter()
        .map(|parameter| {
            let name = format!("{PREFIX}{}", parameter.name);
            let value = typed
                .get(&name)
                .filter(|_| !parameter.has_secret())
                .cloned()
                .unwrap_or_default();
            let (kind, choices) = shape(l, parameter, &value);
            SendField {
                label: words::command_parameter(l, parameter.name),
                kind,
                required: parameter.required && kind != SendKind::Password,
                choices,
                value,
                name,
            }
        })
        .collect()
}

fn shape(l: Texts, parameter: &'static Parameter, value: &str) -> (SendKind, Vec<Choice>) {
    let choices = |values: Vec<String>| {
        let none = Choice {
            value: String::new(),
            text: l.t("send-not-set"),
            chosen: value.is_empty(),
        };
        let listed = values.into_iter().map(|text| Choice {
            chosen: text == value,
            value: text.clone(),
            text,
        });
        (
            SendKind::Choice,
            std::iter::once(none).chain(listed).collect(),
        )
    };
    let plain = |kind| (kind, Vec::new());
    match &parameter.kind {
        ParameterKind::Text if parameter.secret => plain(SendKind::Password),
        ParameterKind::Text => plain(SendKind::Text),
        ParameterKind::Password => plain(SendKind::Password),
        ParameterKind::Flag => plain(SendKind::Flag),
        ParameterKind::Integer { .. } => plain(SendKind::Number),
        ParameterKind::Data => plain(SendKind::Data),
        ParameterKind::Texts => plain(SendKind::Lines),
        ParameterKind::Choice(words) => choices(words.iter().map(|w| (*w).to_owned()).collect()),
        ParameterKind::NumberChoice(numbers) => {
            choices(numbers.iter().map(ToString::to_string).collect())
        }
        ParameterKind::Object(_)
        | ParameterKind::Objects(_)
        | ParameterKind::Items(_)
        | ParameterKind::Free => plain(SendKind::Json),
    }
}

/// The parameters that were filled in. Whether they are right is the door's question.
pub(super) fn parameters(
    kind: &'static CommandType,
    typed: &HashMap<String, String>,
) -> Result<Map<String, Json>, Error> {
    let mut values = Map::new();
    for parameter in kind.parameters {
        let Some(text) = typed.get(&format!("{PREFIX}{}", parameter.name)) else {
            continue;
        };
        let empty = text.trim().is_empty();
        let needed = matches!(parameter.kind, ParameterKind::Password) && parameter.required;
        if empty && !needed {
            continue;
        }
        values.insert(parameter.name.to_owned(), value(parameter, text)?);
    }
    Ok(values)
}

fn value(parameter: &'static Parameter, text: &str) -> Result<Json, Error> {
    let wrong = || Error::invalid(parameter.name, "parameter_value", "This cannot be used.");
    Ok(match parameter.kind {
        ParameterKind::Flag => (text == "true").into(),
        ParameterKind::Integer { .. } | ParameterKind::NumberChoice(_) => {
            text.trim().parse::<i64>().map_err(|_| wrong())?.into()
        }
        ParameterKind::Texts => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(Json::from)
            .collect::<Vec<_>>()
            .into(),
        ParameterKind::Object(_)
        | ParameterKind::Objects(_)
        | ParameterKind::Items(_)
        | ParameterKind::Free => serde_json::from_str(text).map_err(|_| wrong())?,
        ParameterKind::Text
        | ParameterKind::Password
        | ParameterKind::Data
        | ParameterKind::Choice(_) => text.into(),
    })
}
