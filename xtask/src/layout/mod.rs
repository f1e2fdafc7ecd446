//! Rules about files: nothing of one machine in the repository, nothing unfinished, no page that breaks its own
//! Content-Security-Policy, SQL where it belongs.

mod marks;

use anyhow::Result;

use crate::check::Findings;
use crate::run;

const MAX_LINES: usize = 800;
/// A file that is longer says so, and why, in its first lines.
const LONG_BECAUSE: &str = "Long because";
const SOURCES: &[&str] = &["rs", "html", "css", "js", "mjs", "sql", "py", "sh", "ftl"];

pub(crate) fn check() -> Result<Findings> {
    let mut findings = Findings::new();
    let mut migrations = Vec::new();
    for path in run::files()? {
        let Some(text) = run::text(&path)? else {
            continue;
        };
        if let Some(name) = path
            .strip_prefix("migrations/")
            .filter(|name| run::extension(name) == "sql")
        {
            migrations.push(name.to_owned());
        }
        findings.extend(file(&path, &text));
    }
    findings.extend(numbering(&migrations));
    Ok(findings)
}

/// How many facts are marked as not verified against their source.
pub(crate) fn unverified() -> Result<usize> {
    let mark = marks::unverified();
    let mut count = 0;
    for path in run::files()? {
        if SOURCES.contains(&run::extension(&path)) {
            count += run::text(&path)?.unwrap_or_default().matches(&mark).count();
        }
    }
    Ok(count)
}

/// What is wrong with one file.
fn file(path: &str, text: &str) -> Findings {
    let mut findings = Findings::new();
    let lock = path.ends_with("Cargo.lock");
    for (number, line) in (1..).zip(text.lines()) {
        let mut say = |what: String| findings.push(format!("{path}:{number}: {what}"));
        if let Some(prefix) = marks::home_path(line).filter(|_| !scim(path)) {
            say(format!("path of one machine (`{prefix}`)"));
        }
        if !lock && let Some(host) = marks::registry_host(line) {
            say(format!("names the registry host `{host}`"));
        }
        if !lock && let Some(mark) = marks::unfinished(line) {
            say(format!("unfinished: `{mark}`"));
        }
        if marks::conflict(line) {
            say("conflict mark".to_owned());
        }
        if run::extension(path) == "html"
            && path.contains("/templates/")
            // A mail has no style sheet to link to.
            && !path.contains("/templates/mail/")
            && let Some(what) = marks::inline_code(line)
        {
            say(format!("{what}: the Content-Security-Policy forbids it"));
        }
    }
    let lines = text.lines().count();
    let explained = text
        .lines()
        .take(20)
        .any(|line| line.contains(LONG_BECAUSE));
    if SOURCES.contains(&run::extension(path)) && lines > MAX_LINES && !explained {
        findings.push(format!(
            "{path}: {lines} lines; split it, or say \"{LONG_BECAUSE}…\" at its top"
        ));
    }
    if path.starts_with("crates/") && path.ends_with("/Cargo.toml") {
        for needed in ["publish.workspace = true", "[lints]\nworkspace = true"] {
            if !text.contains(needed) {
                findings.push(format!(
                    "{path}: `{}` is missing",
                    needed.replace('\n', " ")
                ));
            }
        }
    }
    if run::extension(path) == "rs"
        && path.starts_with("crates/tillsyn-web/src")
        && marks::sql(text)
    {
        findings.push(format!(
            "{path}: SQL belongs into the store.rs of its feature in tillsyn-core"
        ));
    }
    findings
}

/// `0001_core.sql`, `0002_….sql`, … without a gap.
fn numbering(names: &[String]) -> Findings {
    let mut findings = Findings::new();
    let mut sorted = names.to_vec();
    sorted.sort();
    for (expected, name) in (1..).zip(&sorted) {
        if !name.starts_with(&format!("{expected:04}_")) {
            findings.push(format!("migrations/{name}: number {expected:04} expected"));
        }
    }
    findings
}

/// Where `Users` is a collection of SCIM (RFC 7644 §3.2) and no folder of somebody's.
fn scim(path: &str) -> bool {
    path.contains("/scim/")
}

#[cfg(test)]
mod tests;
