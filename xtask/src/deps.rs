//! What enters the program from outside: licences, banned packages, sources.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::check::Findings;
use crate::{licence, run};

/// One crypto library and one TLS stack: none of these on Linux. The second part is the reason.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "aws-lc-rs is the one crypto library"),
    ("openssl-sys", "aws-lc-rs is the one crypto library"),
    ("native-tls", "rustls is the one TLS stack"),
    ("ring", "aws-lc-rs is the one crypto library"),
    ("sqlx-core", "its SQLite clashes with rusqlite's"),
    ("async-std", "tokio is the one runtime"),
    ("smol", "tokio is the one runtime"),
];

pub(crate) fn check() -> Result<Findings> {
    let mut findings = Findings::new();
    // `cargo tree` follows the features really chosen; `cargo metadata` also names optional packages that are not built.
    let tree = run::output(
        "cargo",
        &[
            "tree",
            "--locked",
            "--workspace",
            "--target",
            "x86_64-unknown-linux-gnu",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}\t{l}",
        ],
    )?;
    let packages: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    for line in packages {
        let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
        let name = package.split(' ').next().unwrap_or(package);
        if let Some((_, reason)) = BANNED.iter().find(|(banned, _)| *banned == name) {
            findings.push(format!("{package} is banned: {reason}"));
        }
        match licence::allowed(licence) {
            Some(true) => {}
            Some(false) => {
                findings.push(format!("{package}: licence `{licence}` is not on the list"));
            }
            None => findings.push(format!("{package}: licence `{licence}` cannot be read")),
        }
    }
    sources(&mut findings)?;
    Ok(findings)
}

/// Everything comes from the one registry that cargo knows by itself; nothing from git or elsewhere.
fn sources(findings: &mut Findings) -> Result<()> {
    let lock = run::text("Cargo.lock")?.unwrap_or_default();
    let sources: BTreeSet<&str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "))
        .collect();
    if sources.len() > 1
        || sources
            .iter()
            .any(|source| !source.starts_with("\"registry+https://"))
    {
        findings.push(format!(
            "Cargo.lock: more than the default registry: {sources:?}"
        ));
    }
    for path in run::files()? {
        if !path.ends_with("Cargo.toml") && path != ".cargo/config.toml" {
            continue;
        }
        let manifest = run::text(&path)?.unwrap_or_default();
        for line in manifest.lines() {
            let words: String = line.split_whitespace().collect();
            if [
                "git=\"",
                "registry=\"",
                "registry-index=\"",
                "[source",
                "[patch",
                "[registries",
            ]
            .iter()
            .any(|mark| words.contains(mark))
            {
                findings.push(format!("{path}: `{}` names another source", line.trim()));
            }
        }
    }
    Ok(())
}
