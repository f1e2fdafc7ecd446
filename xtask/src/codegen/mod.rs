//! `cargo xtask codegen --schema-dir PATH`: the capability tables of tillsyn-apple, from a copy of Apple's
//! device management schema and our overlay of what came after it. Building and testing need only the tables.

mod overlay;
mod rights;
mod rule;
mod schema;
mod tables;
mod write;
mod yaml;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;

/// Where the tables lie.
pub(crate) const FOLDER: &str = "crates/tillsyn-apple/src/command/schema";

pub(crate) fn codegen(arguments: &[String]) -> Result<bool> {
    let [flag, path] = arguments else {
        bail!("cargo xtask codegen --schema-dir PATH");
    };
    if flag != "--schema-dir" {
        bail!("unknown option {flag}");
    }
    for (name, text) in generate(Path::new(path))? {
        let file = folder()?.join(name);
        let old = std::fs::read_to_string(&file).unwrap_or_default();
        println!(
            "{name}: {}",
            if old == text { "unchanged" } else { "written" }
        );
        std::fs::write(&file, text).with_context(|| file.display().to_string())?;
    }
    Ok(true)
}

fn folder() -> Result<PathBuf> {
    Ok(run::root()?.join(FOLDER))
}

/// Each file and its text.
fn generate(schema: &Path) -> Result<Vec<(&'static str, String)>> {
    let source = schema::read(schema)?;
    let tables = tables::build(&source)?;
    Ok(write::files(&tables, source.hash))
}

#[cfg(test)]
mod tests;
