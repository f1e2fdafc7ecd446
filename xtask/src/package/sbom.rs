//! What the program is made of: a bill of materials in CycloneDX's form, and the licences that come with it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::release::Release;
use crate::run;

/// Name and version.
type Key = (String, String);

/// The packages that are in the program, from cargo.
pub(crate) struct Parts {
    metadata: Value,
    used: BTreeSet<Key>,
    checksums: BTreeMap<Key, String>,
}

impl Parts {
    pub(crate) fn read(target: &str) -> Result<Self> {
        // `cargo tree` follows the features really chosen; `cargo metadata` knows licences and who uses whom.
        let tree = run::output(
            "cargo",
            &[
                "tree",
                "--locked",
                "--package",
                "tillsyn",
                "--target",
                target,
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--format",
                "{p}",
            ],
        )?;
        let used = tree.lines().filter_map(name_and_version).collect();
        let metadata = run::output(
            "cargo",
            &[
                "metadata",
                "--locked",
                "--format-version",
                "1",
                "--filter-platform",
                target,
            ],
        )?;
        Ok(Self {
            metadata: serde_json::from_str(&metadata)?,
            used,
            checksums: checksums(&run::text("Cargo.lock")?.unwrap_or_default()),
        })
    }

    /// The packages, in order of name and version.
    fn packages(&self) -> Result<BTreeMap<Key, &Value>> {
        let all = self.metadata["packages"].as_array();
        let all = all.context("cargo metadata names no packages")?;
        Ok(all
            .iter()
            .map(|package| (key(package), package))
            .filter(|(key, _)| self.used.contains(key))
            .collect())
    }

    /// The bill of materials.
    pub(crate) fn document(&self, release: &Release) -> Result<String> {
        let packages = self.packages()?;
        let names: BTreeMap<&str, String> = packages
            .iter()
            .filter_map(|(key, package)| Some((package["id"].as_str()?, reference(key))))
            .collect();
        let component = |(key, package): (&Key, &&Value)| {
            let mut one = json!({
                "type": "library",
                "bom-ref": reference(key),
                "name": key.0,
                "version": key.1,
                "purl": reference(key),
            });
            if let Some(licence) = package["license"].as_str() {
                // An old way of writing that SPDX does not know.
                one["licenses"] = json!([{"expression": licence.replace('/', " OR ")}]);
            }
            if let Some(sum) = self.checksums.get(key) {
                one["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
            }
            one
        };
        let is_program = |key: &Key| key.0 == "tillsyn";
        let components: Vec<Value> = packages
            .iter()
            .filter(|(key, _)| !is_program(key))
            .map(component)
            .collect();
        let (program, _) = packages
            .iter()
            .find(|(key, _)| is_program(key))
            .context("cargo does not know tillsyn")?;
        let document = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {
                "timestamp": release.timestamp(),
                "component": {
                    "type": "application",
                    "bom-ref": reference(program),
                    "name": "tillsyn",
                    "version": release.version,
                    "licenses": [{"expression": "MIT OR Apache-2.0"}],
                },
            },
            "components": components,
            "dependencies": self.edges(&names),
        });
        Ok(format!("{document:#}\n"))
    }

    fn edges(&self, names: &BTreeMap<&str, String>) -> Vec<Value> {
        let nodes = self.metadata["resolve"]["nodes"].as_array();
        let mut edges = BTreeMap::new();
        for node in nodes.into_iter().flatten() {
            let Some(name) = node["id"].as_str().and_then(|id| names.get(id)) else {
                continue;
            };
            let normal = |edge: &&Value| {
                let kinds = edge["dep_kinds"].as_array();
                kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
            };
            let below: BTreeSet<&String> = node["deps"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(normal)
                .filter_map(|edge| names.get(edge["pkg"].as_str()?))
                .collect();
            edges.insert(name, below);
        }
        edges
            .into_iter()
            .map(|(name, below)| json!({"ref": name, "dependsOn": below}))
            .collect()
    }

    /// The licence files of all packages, each text once, with the packages that bring it.
    pub(crate) fn licences(&self) -> Result<String> {
        let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (key, package) in self.packages()? {
            // Our own lie beside this file.
            if !self.checksums.contains_key(&key) {
                continue;
            }
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            let folder = Path::new(manifest).parent().unwrap_or(Path::new(""));
            for text in licence_files(folder)? {
                let name = format!("{} {}", key.0, key.1);
                texts.entry(text).or_default().insert(name);
            }
        }
        let mut parts: Vec<String> = Vec::new();
        for (text, names) in texts {
            let names: Vec<String> = names.into_iter().collect();
            let mut part = String::new();
            write!(part, "==== {} ====\n\n{}\n", names.join(", "), text.trim())?;
            parts.push(part);
        }
        parts.sort();
        Ok(parts.join("\n"))
    }
}

fn licence_files(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let fits = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT"];
        if entry.file_type()?.is_file() && fits.iter().any(|start| name.starts_with(start)) {
            let bytes = std::fs::read(entry.path())?;
            texts.push(String::from_utf8_lossy(&bytes).replace("\r\n", "\n"));
        }
    }
    Ok(texts)
}

/// A line of `cargo tree`: `name v1.2.3 (path) (*)`.
fn name_and_version(line: &str) -> Option<Key> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    Some((name.to_owned(), version.to_owned()))
}

fn key(package: &Value) -> Key {
    let text = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    (text("name"), text("version"))
}

fn reference((name, version): &Key) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn checksums(lock: &str) -> BTreeMap<Key, String> {
    let value = |block: &str, name: &str| {
        let start = format!("{name} = \"");
        let line = block.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter_map(|block| {
            let key = (value(block, "name")?, value(block, "version")?);
            Some((key, value(block, "checksum")?))
        })
        .collect()
}
