//! `cargo xtask codegen --schema-dir PATH`: the capability tables of tillsyn-apple and its catalogue of payloads, from
//! a copy of Apple's device management schema and our overlay of what came after it. Building and testing need only
//! the tables.

mod overlay;
mod payload_keys;
mod payload_overlay;
mod payloads;
mod rights;
mod rule;
mod schema;
mod tables;
mod write;
mod yaml;

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run;

/// Where the tables of commands lie.
pub(crate) const FOLDER: &str = "crates/tillsyn-apple/src/command/schema";
/// The catalogue of payloads.
const PAYLOADS: &str = "crates/tillsyn-apple/src/profile/catalogue/schema.txt";

pub(crate) fn codegen(arguments: &[String]) -> Result<bool> {
    let [flag, path] = arguments else {
        bail!("cargo xtask codegen --schema-dir PATH");
    };
    if flag != "--schema-dir" {
        bail!("unknown option {flag}");
    }
    for (name, text) in generate(Path::new(path))? {
        let file = run::root()?.join(&name);
        let old = std::fs::read_to_string(&file).unwrap_or_default();
        println!(
            "{name}: {}",
            if old == text { "unchanged" } else { "written" }
        );
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
    }
    Ok(true)
}

/// Each file, from the root of the repository, and its text.
fn generate(schema: &Path) -> Result<Vec<(String, String)>> {
    let source = schema::read(schema)?;
    let tables = tables::build(&source)?;
    let mut files: Vec<(String, String)> = write::files(&tables, source.hash)
        .into_iter()
        .map(|(name, text)| (format!("{FOLDER}/{name}"), text))
        .collect();
    files.push((PAYLOADS.to_owned(), payloads::table(schema)?));
    Ok(files)
}

#[cfg(test)]
mod payload_tests;
#[cfg(test)]
mod tests;
