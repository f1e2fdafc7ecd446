//! `tillsyn profile payloads [TYPE]`: from the tables of this program, without a server.

use serde_json::{Value, json};
use tillsyn_web::api::{payload_type, payload_types};

use crate::cmd::Failure;
use crate::cmd::table::table;
use crate::output::say;

#[derive(Debug, clap::Args)]
pub(crate) struct Payloads {
    /// Shows the keys of this type, such as com.apple.wifi.managed
    #[arg(value_name = "TYPE")]
    payload_type: Option<String>,
    /// Only types that this system knows: iOS, macOS, tvOS, visionOS, watchOS
    #[arg(long, conflicts_with = "payload_type")]
    system: Option<String>,
    /// Only types that have this text in their name or in the name of a key
    #[arg(long, conflicts_with = "payload_type")]
    search: Option<String>,
}

pub(super) fn run(what: &Payloads, json: bool) -> Result<(), Failure> {
    match &what.payload_type {
        Some(name) => one(name, json),
        None => all(what, json),
    }
}

fn all(what: &Payloads, json: bool) -> Result<(), Failure> {
    let found = payload_types(what.system.as_deref(), what.search.as_deref()).map_err(failure)?;
    let found = serde_json::to_value(found).map_err(failure)?;
    if json {
        say!("{found:#}");
        return Ok(());
    }
    let rows: Vec<Value> = items(&found)
        .flat_map(|of_type| {
            items(&of_type["variants"]).map(|variant| {
                json!({
                    "type": of_type["type"],
                    "variant": variant["variant"],
                    "systems": systems(&variant["support"]),
                })
            })
        })
        .collect();
    if rows.is_empty() {
        say!("There are no such payload types.");
        return Ok(());
    }
    let columns = [
        ("TYPE", "/type"),
        ("FORM", "/variant"),
        ("SYSTEMS", "/systems"),
    ];
    say!("{}", table(&columns, &rows).trim_end());
    Ok(())
}

fn one(name: &str, json: bool) -> Result<(), Failure> {
    let found = payload_type(name).map_err(failure)?;
    let found = serde_json::to_value(found).map_err(failure)?;
    if json {
        say!("{found:#}");
        return Ok(());
    }
    let columns = [
        ("KEY", "/key"),
        ("TYPE", "/type"),
        ("NEEDED", "/required"),
        ("ALLOWED", "/allowed"),
        ("DEFAULT", "/default"),
        ("SYSTEMS", "/systems"),
    ];
    for (nth, variant) in items(&found["variants"]).enumerate() {
        if nth > 0 {
            say!("");
        }
        let form = variant["variant"].as_str().unwrap_or_default();
        let title = [found["type"].as_str().unwrap_or_default(), form].join(" ");
        say!("{}: {}", title.trim_end(), systems(&variant["support"]));
        let mut rows = Vec::new();
        keys(&variant["keys"], 0, &mut rows);
        if !rows.is_empty() {
            say!("{}", table(&columns, &rows).trim_end());
        }
    }
    Ok(())
}

/// What lies in a key stands below it, moved in.
fn keys(level: &Value, depth: usize, rows: &mut Vec<Value>) {
    for key in items(level) {
        rows.push(json!({
            "key": format!("{}{}", "  ".repeat(depth), key["name"].as_str().unwrap_or_default()),
            "type": key["type"],
            "required": key["required"],
            "allowed": allowed(key),
            "default": key["default"],
            "systems": systems(&key["support"]),
        }));
        keys(&key["keys"], depth + 1, rows);
    }
}

fn allowed(key: &Value) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let listed: Vec<String> = items(&key["allowed"]).map(text).collect();
    let range = match (key.get("min"), key.get("max")) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} or more"),
        (None, Some(max)) => format!("{max} or less"),
        (None, None) => String::new(),
    };
    let form = ["format", "is"].map(|word| key[word].as_str().unwrap_or_default().to_owned());
    let again = key["again"].as_str().map(|of| format!("as {of}"));
    [listed.join(", "), range]
        .into_iter()
        .chain(form)
        .chain(again)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

/// `iOS 4.0, macOS 10.7 (until 27.0)`.
fn systems(support: &Value) -> String {
    items(support)
        .map(|on| {
            let word = |name: &str| on[name].as_str().unwrap_or_default().to_owned();
            let mut text = format!("{} {}", word("system"), word("introduced"));
            if on["removed"].is_string() {
                text = format!("{text} (until {})", word("removed"));
            }
            text
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn failure(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}
