//! Documents do not rot: every crate is on the map, and every path that they name exists.

mod promises;

use std::collections::BTreeSet;

use anyhow::Result;

use crate::check::Findings;
use crate::run;

const DOCUMENTS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
];
const ARCHITECTURE_MAX_LINES: usize = 200;
/// File names that an administrator has, not we.
const FOREIGN: &[&str] = &["tillsyn.toml"];

pub(crate) fn check() -> Result<Findings> {
    let files = run::files()?;
    let places = Places::new(&files);
    let mut findings = promises::check()?;
    for document in DOCUMENTS {
        if !places.paths.contains(*document) {
            findings.push(format!("{document} is missing"));
            continue;
        }
        let text = run::text(document)?.unwrap_or_default();
        for word in backticked(&text) {
            if let Some(problem) = places.problem(word) {
                findings.push(format!("{document}: `{word}` {problem}"));
            }
        }
        if *document == "ARCHITECTURE.md" {
            findings.extend(map_of_crates(&text, &places));
        }
    }
    Ok(findings)
}

fn map_of_crates(text: &str, places: &Places) -> Findings {
    let mut findings = Findings::new();
    let lines = text.lines().count();
    if lines > ARCHITECTURE_MAX_LINES {
        findings.push(format!(
            "ARCHITECTURE.md: {lines} lines, {ARCHITECTURE_MAX_LINES} at most"
        ));
    }
    let named: BTreeSet<&str> = backticked(text).collect();
    for name in &places.crates {
        if !named.contains(name.as_str()) && !named.contains(format!("crates/{name}").as_str()) {
            findings.push(format!("ARCHITECTURE.md: crate `{name}` is not on the map"));
        }
    }
    findings
}

/// The words between single backticks outside code blocks.
pub(crate) fn backticked(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines()
        .filter(move |line| {
            if line.trim_start().starts_with("```") {
                in_block = !in_block;
                return false;
            }
            !in_block
        })
        .flat_map(|line| line.split('`').skip(1).step_by(2))
}

struct Places {
    paths: BTreeSet<String>,
    names: BTreeSet<String>,
    crates: BTreeSet<String>,
}

impl Places {
    fn new(files: &[String]) -> Self {
        let mut paths = BTreeSet::new();
        let mut names = BTreeSet::new();
        let mut crates = BTreeSet::new();
        for file in files {
            let mut path = file.as_str();
            names.extend(path.rsplit('/').next().map(str::to_owned));
            paths.insert(path.to_owned());
            while let Some((parent, _)) = path.rsplit_once('/') {
                paths.insert(parent.to_owned());
                path = parent;
            }
            if let Some(name) = file
                .strip_prefix("crates/")
                .and_then(|rest| rest.strip_suffix("/Cargo.toml"))
            {
                crates.insert(name.to_owned());
            }
        }
        Self {
            paths,
            names,
            crates,
        }
    }

    /// Why this word names something that does not exist; `None` for what is no path at all.
    fn problem(&self, word: &str) -> Option<&'static str> {
        let plain = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
        if !plain || FOREIGN.contains(&word) {
            return None;
        }
        if word.starts_with("tillsyn-") && !word.contains(['.', '/']) {
            return (!self.crates.contains(word)).then_some("is not a crate");
        }
        let path = word.trim_start_matches("./").trim_end_matches('/');
        let top = path.split('/').next().unwrap_or(path);
        let known_end = [
            ".rs", ".md", ".toml", ".sql", ".ftl", ".html", ".py", ".sh", ".css", ".js",
        ]
        .iter()
        .any(|end| path.ends_with(end));
        let is_path = !word.starts_with('/')
            && (known_end
                || word.starts_with("./")
                || (path.contains('/') && self.paths.contains(top)));
        if !is_path {
            return None;
        }
        let within_a_crate = || {
            self.crates.iter().any(|name| {
                self.paths.contains(&format!("crates/{name}/{path}"))
                    || self.paths.contains(&format!("crates/{name}/src/{path}"))
                    || self.paths.contains(&format!("crates/{path}"))
            })
        };
        let found = self.paths.contains(path)
            || (!path.contains('/') && self.names.contains(path))
            || within_a_crate();
        (!found).then_some("does not exist")
    }
}

#[cfg(test)]
mod tests;
