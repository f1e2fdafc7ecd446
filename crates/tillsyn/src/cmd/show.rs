//! Printing what came.

use serde_json::Value;

use super::client::{Client, Rows};
use super::table::{Column, plain, table};
use crate::output::say;

/// A list: a table, or JSON.
pub(super) fn rows(client: &Client, columns: &[Column], rows: Rows, none: &str) {
    if client.json {
        say!("{:#}", rows.into_json());
        return;
    }
    if rows.items.is_empty() {
        say!("{none}");
        return;
    }
    say!("{}", table(columns, &rows.items).trim_end());
    if rows.more {
        say!("There are more; ask with a larger --limit.");
    }
}

/// One object: its named values below each other, or JSON.
pub(super) fn one(client: &Client, fields: &[Column], value: &Value) {
    if client.json {
        say!("{value:#}");
        return;
    }
    let width = fields
        .iter()
        .map(|(title, _)| title.chars().count())
        .max()
        .unwrap_or(0);
    for (title, key) in fields {
        let text = plain(value.pointer(key).unwrap_or(&Value::Null));
        if !text.is_empty() {
            say!("{title:width$}  {text}");
        }
    }
}

/// A part of an object as a table below it; nothing with `--json`, where it is there already.
pub(super) fn part(client: &Client, title: &str, columns: &[Column], value: &Value) {
    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
    if !client.json && !rows.is_empty() {
        say!("\n{title}");
        say!("{}", table(columns, rows).trim_end());
    }
}

/// The commands that a request made.
pub(super) fn enqueued(client: &Client, value: &Value) {
    if client.json {
        say!("{value:#}");
        return;
    }
    for command in value["commands"].as_array().into_iter().flatten() {
        let id = plain(&command["id"]);
        match (
            command["held_reason"].as_str(),
            command["held_until"].is_string(),
        ) {
            (Some(_), true) => {
                let until = plain(&command["held_until"]);
                say!("Held until {until}, then sent. To stop it: tillsyn command cancel {id}");
            }
            (Some(reason), false) => {
                let batch = plain(&value["batch_id"]);
                say!(
                    "Held ({reason}). It waits for a second person: tillsyn approval list; or, where there is none, on the server: tillsyn guard release {batch}"
                );
            }
            (None, _) if command["merged"] == true => say!("Waiting already: {id}"),
            (None, _) => say!("Queued: {id}"),
        }
        if let Some(pin) = command["unlock_pin"].as_str() {
            say!("PIN that unlocks this Mac, shown only now: {pin}");
        }
    }
}

/// A sentence for people; with `--json` the answer, `null` when there was none.
pub(super) fn done(client: &Client, value: &Value, words: &str) {
    if client.json {
        say!("{value:#}");
    } else {
        say!("{words}");
    }
}
