//! YAML as JSON values: keys are texts, anchors are resolved.

use anyhow::{Context, Result, bail};
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// Deeper than any file of the schema; the recursion below is bounded by it.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Value> {
    let documents = Yaml::load_from_str(text)?;
    let first = documents.first().context("an empty document")?;
    convert(first, 0)
}

/// The loader cannot resolve an alias inside its own anchor; what would go on for ever is cut there.
const CUT: &str = "\0alias of its own ancestor";

pub(super) fn is_cut(value: &Value) -> bool {
    value.as_str() == Some(CUT)
}

fn convert(node: &Yaml<'_>, depth: usize) -> Result<Value> {
    if depth > MAX_DEPTH {
        bail!("nested too deeply");
    }
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(flag)) => Value::from(*flag),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => Value::from(number.into_inner()),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(items) => items
            .iter()
            .map(|item| convert(item, depth + 1))
            .collect::<Result<_>>()?,
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let key = key.as_str().context("a key that is no text")?;
                map.insert(key.to_owned(), convert(value, depth + 1)?);
            }
            Value::Object(map)
        }
        Yaml::BadValue => Value::from(CUT),
        other => bail!("a node that the schema should not have: {other:?}"),
    })
}
