//! The three message catalogues have the same messages, with the same variables.
//!
//! The build of `tillsyn-web` checks more; this look needs no build.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::check::Findings;
use crate::run;

const FOLDER: &str = "crates/tillsyn-web/locales/";
const LANGUAGES: [&str; 3] = ["en", "sv", "ja"];

/// Message or attribute name → variables that it uses.
type Catalogue = BTreeMap<String, BTreeSet<String>>;

pub(crate) fn check() -> Result<Findings> {
    let mut catalogues: BTreeMap<&str, Catalogue> =
        LANGUAGES.map(|name| (name, Catalogue::new())).into();
    let mut findings = Findings::new();
    for path in run::files()? {
        let Some((language, _)) = path
            .strip_prefix(FOLDER)
            .and_then(|rest| rest.split_once('/'))
        else {
            continue;
        };
        if run::extension(&path) != "ftl" {
            continue;
        }
        match catalogues.get_mut(language) {
            Some(catalogue) => read(&run::text(&path)?.unwrap_or_default(), catalogue),
            None => findings.push(format!(
                "{path}: language `{language}` is not one of {LANGUAGES:?}"
            )),
        }
    }
    let all: BTreeSet<&String> = catalogues.values().flat_map(BTreeMap::keys).collect();
    if all.is_empty() {
        findings.push(format!("no messages under {FOLDER}"));
    }
    for name in all {
        let mut variables = BTreeSet::new();
        for language in LANGUAGES {
            match catalogues[language].get(name) {
                Some(used) => {
                    variables.insert(used);
                }
                None => findings.push(format!("{language}: message `{name}` is missing")),
            }
        }
        if variables.len() > 1 {
            findings.push(format!(
                "message `{name}`: the languages use different variables {variables:?}"
            ));
        }
    }
    Ok(findings)
}

/// Reads messages (`name = …`), terms (`-name = …`) and attributes (`.name = …`) of Fluent text.
fn read(text: &str, catalogue: &mut Catalogue) {
    let mut message = String::new();
    let mut current = String::new();
    for line in text.lines() {
        let indented = line.starts_with([' ', '\t']);
        let head = line
            .split_once('=')
            .map(|(name, _)| name.trim())
            .unwrap_or_default();
        let bare = head.trim_start_matches(['-', '.']);
        let is_name = bare.starts_with(|c: char| c.is_ascii_alphabetic())
            && bare
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if is_name && !indented {
            head.clone_into(&mut message);
            current.clone_from(&message);
        } else if is_name && indented && head.starts_with('.') {
            current = format!("{message}{head}");
        } else if !indented && !line.starts_with('}') {
            current.clear();
        }
        if current.is_empty() {
            continue;
        }
        let variables = catalogue.entry(current.clone()).or_default();
        for part in line.split('$').skip(1) {
            let end = part
                .find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c))
                .unwrap_or(part.len());
            if end > 0 {
                variables.insert(part[..end].to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests;
