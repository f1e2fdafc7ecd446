//! `cargo xtask check`: the cheap looks first, then cargo's own tools; every failure is shown, not the first alone.

use std::time::Instant;

use anyhow::Result;

use crate::{arrows, deps, docs, fuzz, layout, locales, run};

/// What a look found wrong, one line each.
pub(crate) type Findings = Vec<String>;

/// Runs one look and prints its findings.
pub(crate) fn one(name: &str, look: fn() -> Result<Findings>) -> Result<bool> {
    let findings = look()?;
    for finding in &findings {
        println!("{name}: {finding}");
    }
    Ok(findings.is_empty())
}

pub(crate) fn check(rest: &[String]) -> Result<bool> {
    let mut failed = Vec::new();
    let mut step = |name: &'static str, run: &dyn Fn() -> Result<bool>| {
        let started = Instant::now();
        println!("xtask: {name} …");
        let passed = run().unwrap_or_else(|error| {
            println!("{name}: {error:#}");
            false
        });
        let verdict = if passed { "ok" } else { "FAILED" };
        println!(
            "xtask: {name} {verdict} ({:.1} s)",
            started.elapsed().as_secs_f64()
        );
        if !passed {
            failed.push(name);
        }
    };
    step("layout", &|| one("layout", layout::check));
    step("locales", &|| one("locales", locales::check));
    step("docs", &|| one("docs", docs::check));
    step("arrows", &|| one("arrows", arrows::check));
    step("deps", &|| one("deps", deps::check));
    step("fuzz", &|| one("fuzz", fuzz::check));
    step("fmt", &|| {
        run::passes("cargo", &["fmt", "--all", "--check"])
    });
    step("clippy", &clippy);
    if !rest.iter().any(|word| word == "--no-tests") {
        step("tests", &tests);
        step("bench smoke", &bench_smoke);
    }
    println!("xtask: {} open UNVERIFIED notes", layout::unverified()?);
    if failed.is_empty() {
        println!("xtask: all checks passed");
    } else {
        println!("xtask: failed: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}

/// Lints fire for the workspace's own crates only; cargo caps them for everything else.
fn clippy() -> Result<bool> {
    run::passes(
        "cargo",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// A thousand devices, unoptimised: shows that the bench runs, not how fast.
fn bench_smoke() -> Result<bool> {
    run::passes(
        "cargo",
        &[
            "bench",
            "--locked",
            "--workspace",
            "--profile",
            "dev",
            "--bench",
            "profiles",
            "--",
            "--smoke",
        ],
    )
}

/// nextest where it is found, plain `cargo test` elsewhere: both must do.
fn tests() -> Result<bool> {
    let nextest = run::command("cargo")?
        .args(["nextest", "--version"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if nextest {
        run::passes(
            "cargo",
            &[
                "nextest",
                "run",
                "--workspace",
                "--locked",
                "--profile",
                "ci",
                "--no-tests",
                "fail",
            ],
        )
    } else {
        run::passes(
            "cargo",
            &[
                "test",
                "--workspace",
                "--locked",
                "--no-fail-fast",
                "--quiet",
            ],
        )
    }
}
