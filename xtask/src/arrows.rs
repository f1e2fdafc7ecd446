//! Which of our crates may use which: the layering of ARCHITECTURE.md, read from `cargo metadata`.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::check::Findings;
use crate::run;

/// A crate, what it may use, and what its tests may use besides.
const ARROWS: &[(&str, &[&str], &[&str])] = &[
    // Codecs know no crate of ours.
    ("tillsyn-apple", &[], &[]),
    ("tillsyn-pki", &[], &[]),
    ("tillsyn-db", &[], &[]),
    (
        "tillsyn-upstream",
        &[],
        &["tillsyn-pki", "tillsyn-standins"],
    ),
    // A simulator that shares the server's logic would prove nothing: never `core`.
    (
        "tillsyn-sim",
        &["tillsyn-apple", "tillsyn-pki"],
        &["tillsyn-standins"],
    ),
    ("tillsyn-standins", &["tillsyn-apple", "tillsyn-pki"], &[]),
    (
        "tillsyn-core",
        &[
            "tillsyn-apple",
            "tillsyn-db",
            "tillsyn-pki",
            "tillsyn-upstream",
        ],
        &["tillsyn-standins"],
    ),
    // `db` only for its handle and its errors; `layout` keeps SQL out of this crate.
    (
        "tillsyn-web",
        &["tillsyn-apple", "tillsyn-core", "tillsyn-db", "tillsyn-pki"],
        &["tillsyn-sim", "tillsyn-standins", "tillsyn-testkit"],
    ),
    (
        "tillsyn-testkit",
        &[
            "tillsyn-apple",
            "tillsyn-core",
            "tillsyn-db",
            "tillsyn-pki",
            "tillsyn-sim",
            "tillsyn-standins",
            "tillsyn-upstream",
            "tillsyn-web",
        ],
        &[],
    ),
    // The binary wires everything together; it may use the fleet and the stand-ins for the demo.
    (
        "tillsyn",
        &[
            "tillsyn-core",
            "tillsyn-db",
            "tillsyn-pki",
            "tillsyn-sim",
            "tillsyn-standins",
            "tillsyn-upstream",
            "tillsyn-web",
        ],
        &["tillsyn-testkit"],
    ),
    ("xtask", &[], &[]),
];

pub(crate) fn check() -> Result<Findings> {
    let text = run::output(
        "cargo",
        &["metadata", "--format-version", "1", "--no-deps", "--locked"],
    )?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
    let mut findings = Findings::new();
    let packages = metadata["packages"].as_array().context("packages")?;
    for package in packages {
        let name = package["name"].as_str().context("name")?;
        let Some((_, normal, tests)) = ARROWS.iter().find(|(known, _, _)| *known == name) else {
            findings.push(format!("{name} has no row in the table of arrows"));
            continue;
        };
        for dependency in package["dependencies"].as_array().context("dependencies")? {
            let target = dependency["name"].as_str().context("dependency")?;
            let ours = ARROWS.iter().any(|(known, _, _)| *known == target);
            let only_tests = dependency["kind"] == "dev";
            let allowed = normal.contains(&target) || (only_tests && tests.contains(&target));
            if ours && !allowed {
                let place = if only_tests { "the tests of " } else { "" };
                findings.push(format!("{place}{name} may not use {target}"));
            }
        }
    }
    Ok(findings)
}
