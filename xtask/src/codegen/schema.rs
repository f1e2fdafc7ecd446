//! The folder of the schema: `mdm/commands` and `mdm/checkin`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::yaml;
use crate::run;

pub(super) struct Source {
    /// File name and content, by file name.
    pub(super) commands: Vec<(String, Value)>,
    pub(super) checkin: Vec<(String, Value)>,
    /// Over names and bytes of everything read.
    pub(super) hash: u64,
}

pub(super) fn read(schema: &Path) -> Result<Source> {
    let mut hash = FNV_OFFSET;
    Ok(Source {
        commands: folder(&schema.join("mdm/commands"), &mut hash)?,
        checkin: folder(&schema.join("mdm/checkin"), &mut hash)?,
        hash,
    })
}

pub(super) fn folder(path: &Path, hash: &mut u64) -> Result<Vec<(String, Value)>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
        let name = entry?.file_name();
        names.push(name.into_string().ok().context("a file name")?);
    }
    names.retain(|name| run::extension(name) == "yaml");
    names.sort();
    if names.is_empty() {
        bail!("no schema in {}", path.display());
    }
    let mut files = Vec::new();
    for name in names {
        let text = std::fs::read_to_string(path.join(&name)).with_context(|| name.clone())?;
        fnv(hash, name.as_bytes());
        fnv(hash, text.as_bytes());
        let value = yaml::parse(&text).with_context(|| name.clone())?;
        files.push((name, value));
    }
    Ok(files)
}

pub(super) const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: tells two inputs apart, no more.
pub(super) fn fnv(hash: &mut u64, bytes: &[u8]) {
    for byte in bytes.iter().chain(&[0]) {
        *hash = (*hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}
