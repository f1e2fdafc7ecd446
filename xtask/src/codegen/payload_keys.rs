//! The keys of one payload, in the order of the schema, each with the support it has inherited.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::payloads::support_words;
use super::{rule, yaml};

/// Deeper than any file; two files would go on for ever without the cut below.
const MAX_DEPTH: usize = 16;

#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) name: String,
    /// Without the angle brackets.
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    /// Its subkeys are those of the ancestor at this depth.
    pub(super) again: Option<usize>,
    /// `None`: as what it lies in.
    pub(super) support: Option<Value>,
}

const KNOWN: [&str; 13] = [
    "key",
    "title",
    "content",
    "type",
    "presence",
    "supportedOS",
    "rangelist",
    "range",
    "repetition",
    "default",
    "format",
    "subtype",
    "subkeytype",
];

const TYPES: [&str; 9] = [
    "string",
    "integer",
    "real",
    "boolean",
    "date",
    "data",
    "array",
    "dictionary",
    "any",
];

pub(super) fn walk(content: &Value, support: &Value, out: &mut Vec<Line>) -> Result<()> {
    let keys = content.get("payloadkeys").context("no payloadkeys")?;
    let mut walk = Walk {
        content,
        open: Vec::new(),
        out,
    };
    walk.list(keys, support)
}

struct Walk<'a> {
    content: &'a Value,
    /// The lists of subkeys that are being read, from the outside: what each is called.
    open: Vec<Option<String>>,
    out: &'a mut Vec<Line>,
}

impl Walk<'_> {
    fn list(&mut self, keys: &Value, support: &Value) -> Result<()> {
        if self.open.len() > MAX_DEPTH {
            bail!("nested too deeply");
        }
        for key in keys.as_array().context("subkeys are no list")? {
            self.key(key, support)
                .with_context(|| key.get("key").map(ToString::to_string).unwrap_or_default())?;
        }
        Ok(())
    }

    fn key(&mut self, key: &Value, support: &Value) -> Result<()> {
        let words = key.as_object().context("a key is no mapping")?;
        let unknown = words
            .keys()
            .find(|word| !KNOWN.contains(&word.as_str()) && *word != "subkeys");
        if let Some(unknown) = unknown {
            bail!("unknown word: {unknown:?}");
        }
        let merged = match key.get("supportedOS") {
            Some(own) => rule::merge(support, own),
            None => support.clone(),
        };
        let differs = support_words(&merged, false)? != support_words(support, false)?;
        let called = key.get("subkeytype").and_then(Value::as_str);
        let again = called.and_then(|name| self.again(key, name));
        self.out.push(Line {
            depth: self.open.len(),
            name: text(key, "key")?.to_owned(),
            kind: kind(key)?,
            required: required(key)?,
            facts: facts(key)?,
            again,
            support: differs.then(|| merged.clone()),
        });
        if again.is_some() {
            return Ok(());
        }
        let subkeys = match key.get("subkeys") {
            None => return Ok(()),
            Some(cut) if yaml::is_cut(cut) => called
                .and_then(|name| definition(self.content.get("payloadkeys"), name))
                .context("an alias that leads nowhere")?,
            Some(subkeys) => subkeys.clone(),
        };
        self.open.push(called.map(str::to_owned));
        self.list(&subkeys, &merged)?;
        self.open.pop();
        Ok(())
    }

    /// The depth of the ancestor whose list this key opens once more. A name alone says too little: some files use one
    /// name for different lists.
    fn again(&self, key: &Value, name: &str) -> Option<usize> {
        let depth = self
            .open
            .iter()
            .rposition(|open| open.as_deref() == Some(name))?;
        let own = key.get("subkeys")?;
        let first = definition(self.content.get("payloadkeys"), name);
        (yaml::is_cut(own) || first.as_ref() == Some(own)).then_some(depth)
    }
}

/// The first list that is called so.
fn definition(keys: Option<&Value>, name: &str) -> Option<Value> {
    for key in keys?.as_array()? {
        let subkeys = key.get("subkeys").filter(|list| !yaml::is_cut(list));
        if key.get("subkeytype").and_then(Value::as_str) == Some(name)
            && let Some(list) = subkeys
        {
            return Some(list.clone());
        }
        if let Some(found) = definition(subkeys, name) {
            return Some(found);
        }
    }
    None
}

fn kind(key: &Value) -> Result<String> {
    let word = text(key, "type")?;
    let kind = word.trim_matches(['<', '>']);
    if !TYPES.contains(&kind) {
        bail!("unknown type: {word:?}");
    }
    Ok(kind.to_owned())
}

fn required(key: &Value) -> Result<bool> {
    match key.get("presence").map(Value::as_str) {
        None | Some(Some("optional")) => Ok(false),
        Some(Some("required")) => Ok(true),
        Some(other) => bail!("unknown presence: {other:?}"),
    }
}

fn facts(key: &Value) -> Result<Vec<(&'static str, String)>> {
    let mut facts = Vec::new();
    for value in key
        .get("rangelist")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        facts.push(("in", scalar(value)?));
    }
    for (from, words) in [("range", ["min", "max"]), ("repetition", ["least", "most"])] {
        for (bound, word) in ["min", "max"].into_iter().zip(words) {
            if let Some(value) = key.get(from).and_then(|range| range.get(bound)) {
                facts.push((word, scalar(value)?));
            }
        }
    }
    for (from, word) in [
        ("default", "default"),
        ("format", "format"),
        ("subtype", "is"),
    ] {
        if let Some(value) = key.get(from) {
            facts.push((word, scalar(value)?.trim_matches(['<', '>']).to_owned()));
        }
    }
    Ok(facts)
}

fn scalar(value: &Value) -> Result<String> {
    Ok(match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        other => bail!("neither text nor number: {other}"),
    })
}

fn text<'a>(key: &'a Value, word: &str) -> Result<&'a str> {
    key.get(word)
        .and_then(Value::as_str)
        .with_context(|| format!("no {word}"))
}
