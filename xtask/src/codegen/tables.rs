//! From the files to rows: what each command, parameter, setting and query needs on each system.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::overlay;
use super::rule::{self, Rule, SYSTEMS};
use super::schema::Source;

pub(super) struct Tables {
    pub(super) commands: Vec<Row>,
    /// Keys of a command with a rule of their own, such as `EraseDevice.PIN`.
    pub(super) parameters: Vec<Row>,
    /// Items of `Settings`.
    pub(super) settings: Vec<Row>,
    /// Queries of `DeviceInformation`.
    pub(super) queries: Vec<Row>,
    /// File of the schema and its request type.
    pub(super) files: Vec<(String, String)>,
    /// Check-in messages.
    pub(super) checkin: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) system: &'static str,
    pub(super) rule: Rule,
}

pub(super) fn build(source: &Source) -> Result<Tables> {
    let mut tables = Tables {
        commands: Vec::new(),
        parameters: Vec::new(),
        settings: Vec::new(),
        queries: Vec::new(),
        files: Vec::new(),
        checkin: Vec::new(),
    };
    for (file, content) in &source.commands {
        command(file, content, &mut tables).with_context(|| file.clone())?;
    }
    for (file, content) in &source.checkin {
        let name = text(content, "/payload/requesttype").with_context(|| file.clone())?;
        tables.checkin.push(name.to_owned());
    }
    overlay::apply(&mut tables);
    for rows in [
        &mut tables.commands,
        &mut tables.parameters,
        &mut tables.settings,
        &mut tables.queries,
    ] {
        rows.sort_by(|a, b| (&a.name, a.system).cmp(&(&b.name, b.system)));
        let twice = rows
            .windows(2)
            .find(|pair| pair[0].name == pair[1].name && pair[0].system == pair[1].system);
        if let Some(pair) = twice {
            bail!("two rules for {} on {}", pair[0].name, pair[0].system);
        }
    }
    tables.checkin.sort();
    Ok(tables)
}

fn command(file: &str, content: &Value, tables: &mut Tables) -> Result<()> {
    let name = text(content, "/payload/requesttype")?;
    let support = content
        .pointer("/payload/supportedOS")
        .context("no supportedOS")?;
    tables.files.push((file.to_owned(), name.to_owned()));
    rows(name, support, &mut tables.commands)?;
    for key in subkeys(content, "payloadkeys") {
        match (name, text(key, "/key")?) {
            ("DeviceInformation", "Queries") => {
                for query in subkeys(key, "subkeys").flat_map(|item| subkeys(item, "subkeys")) {
                    let merged = inherited(support, query);
                    rows(text(query, "/key")?, &merged, &mut tables.queries)?;
                }
            }
            ("Settings", "Settings") => {
                for item in subkeys(key, "subkeys") {
                    let merged = inherited(support, item);
                    let item_name = text(item, "/key")?;
                    rows(item_name, &merged, &mut tables.settings)?;
                    for inner in subkeys(item, "subkeys") {
                        let path = format!("Settings.{item_name}");
                        parameters(&path, inner, &merged, &mut tables.parameters)?;
                    }
                }
            }
            _ => parameters(name, key, support, &mut tables.parameters)?,
        }
    }
    Ok(())
}

/// A key that says nothing of its own follows what it lies in.
fn parameters(path: &str, key: &Value, support: &Value, out: &mut Vec<Row>) -> Result<()> {
    let array = text(key, "/type")? == "<array>";
    let path = format!("{path}.{}", text(key, "/key")?);
    let merged = inherited(support, key);
    if key.get("supportedOS").is_some() {
        rows(&path, &merged, out)?;
    }
    for sub in subkeys(key, "subkeys") {
        if array {
            // The name of an array's item is only a label.
            for inner in subkeys(sub, "subkeys") {
                parameters(&path, inner, &inherited(&merged, sub), out)?;
            }
        } else {
            parameters(&path, sub, &merged, out)?;
        }
    }
    Ok(())
}

fn rows(name: &str, support: &Value, out: &mut Vec<Row>) -> Result<()> {
    for system in SYSTEMS {
        let rule = rule::of(support, system).with_context(|| format!("{name} on {system}"))?;
        if let Some(rule) = rule {
            out.push(Row {
                name: name.to_owned(),
                system,
                rule,
            });
        }
    }
    Ok(())
}

fn inherited(support: &Value, key: &Value) -> Value {
    match key.get("supportedOS") {
        Some(own) => rule::merge(support, own),
        None => support.clone(),
    }
}

fn subkeys<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .with_context(|| format!("no {pointer}"))
}
