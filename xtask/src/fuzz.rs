//! The fuzz targets of `fuzz/`: each has seeds in the repository that an ordinary test replays.
//! Fuzzing itself needs cargo-fuzz, which is not needed for anything else.

use anyhow::{Context, Result, bail};

use crate::check::Findings;
use crate::run;

struct Target {
    name: &'static str,
    /// Folders of seeds.
    corpora: &'static [&'static str],
    /// The file and the function that replay them.
    replay: (&'static str, &'static str),
}

const APPLE: &str = "crates/tillsyn-apple/src/corpus.rs";

const TARGETS: &[Target] = &[
    target(
        "plist",
        &[
            "crates/tillsyn-apple/corpus/plist",
            "fixtures/apple/command",
        ],
        (APPLE, "corpus_of_plist_is_read_or_refused_as_named"),
    ),
    target(
        "checkin",
        &[
            "crates/tillsyn-apple/corpus/checkin",
            "fixtures/apple/checkin",
        ],
        (APPLE, "corpus_of_checkin_is_read_or_refused_as_named"),
    ),
    target(
        "result",
        &[
            "crates/tillsyn-apple/corpus/result",
            "fixtures/apple/result",
        ],
        (APPLE, "corpus_of_result_is_read_or_refused_as_named"),
    ),
    target(
        "profile",
        &[
            "crates/tillsyn-apple/corpus/profile",
            "fixtures/apple/profile",
        ],
        (APPLE, "corpus_of_profile_is_read_or_refused_as_named"),
    ),
    target(
        "raw_command",
        &[
            "crates/tillsyn-apple/corpus/raw_command",
            "fixtures/apple/command",
        ],
        (APPLE, "corpus_of_raw_command_is_read_or_refused_as_named"),
    ),
    target(
        "cms",
        &["crates/tillsyn-pki/corpus/cms"],
        (
            "crates/tillsyn-pki/src/recovery_key/tests.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "csr",
        &["crates/tillsyn-pki/corpus/csr"],
        (
            "crates/tillsyn-pki/src/push_request/tests.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "scep",
        &["crates/tillsyn-pki/corpus/scep"],
        (
            "crates/tillsyn-pki/src/scep/shapes.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "attestation",
        &["crates/tillsyn-pki/corpus/attestation"],
        (
            "crates/tillsyn-pki/src/attestation/tests.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "jws",
        &["crates/tillsyn-pki/corpus/jws"],
        (
            "crates/tillsyn-pki/src/jws/tests.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "client_cert",
        &["crates/tillsyn-pki/corpus/client_cert"],
        (
            "crates/tillsyn-pki/src/client_cert/tests.rs",
            "corpus_is_read_or_refused_as_named",
        ),
    ),
    target(
        "ldap",
        &["crates/tillsyn-upstream/corpus/ldap"],
        (
            "crates/tillsyn-upstream/src/ldap/tests.rs",
            "corpus_of_ldap_is_read_or_refused_as_named",
        ),
    ),
    target(
        "json",
        &["crates/tillsyn-core/corpus/json"],
        (
            "crates/tillsyn-core/src/corpus.rs",
            "corpus_of_json_is_read_or_refused_as_named",
        ),
    ),
    target(
        "status_report",
        &["crates/tillsyn-core/corpus/status_report"],
        (
            "crates/tillsyn-core/src/corpus.rs",
            "corpus_of_status_report_is_read_or_refused_as_named",
        ),
    ),
    target(
        "upload",
        &["crates/tillsyn-core/corpus/upload"],
        (
            "crates/tillsyn-core/src/corpus.rs",
            "corpus_of_upload_is_read_or_refused_as_named",
        ),
    ),
];

/// Targets that need the whole core, which takes long to build.
const OF_CORE: [&str; 3] = ["json", "status_report", "upload"];

const fn target(
    name: &'static str,
    corpora: &'static [&'static str],
    replay: (&'static str, &'static str),
) -> Target {
    Target {
        name,
        corpora,
        replay,
    }
}

/// Every target is in the table, has seeds, and a test that replays them.
pub(crate) fn check() -> Result<Findings> {
    let files = run::files()?;
    let mut findings = Findings::new();
    for path in &files {
        let name = path
            .strip_prefix("fuzz/fuzz_targets/")
            .and_then(|name| name.strip_suffix(".rs"));
        if let Some(name) = name
            && !TARGETS.iter().any(|target| target.name == name)
        {
            findings.push(format!("{path}: has no row in the table of targets"));
        }
    }
    let manifest = run::text("fuzz/Cargo.toml")?.unwrap_or_default();
    for target in TARGETS {
        let name = target.name;
        if !files.contains(&format!("fuzz/fuzz_targets/{name}.rs")) {
            findings.push(format!("fuzz/fuzz_targets/{name}.rs is missing"));
        }
        if !manifest.contains(&format!("\nname = \"{name}\"\n")) {
            findings.push(format!("fuzz/Cargo.toml: no binary `{name}`"));
        }
        for corpus in target.corpora {
            let inside = format!("{corpus}/");
            if !files.iter().any(|path| path.starts_with(&inside)) {
                findings.push(format!("{name}: no seeds in {corpus}"));
            }
        }
        let (file, test) = target.replay;
        let text = files.iter().any(|path| path == file);
        let text = if text { run::text(file)? } else { None };
        let replayed = text.is_some_and(|text| text.contains(&format!("#[test]\nfn {test}(")));
        if !replayed {
            findings.push(format!("{name}: no test `{test}` in {file}"));
        }
    }
    Ok(findings)
}

/// `cargo xtask fuzz --target NAME --minutes N`; without words, the look above.
pub(crate) fn fuzz(rest: &[String]) -> Result<bool> {
    if rest.is_empty() {
        return crate::check::one("fuzz", check);
    }
    let mut target = None;
    let mut minutes = 10_u32;
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} of what?"))?;
        match word.as_str() {
            "--target" => target = TARGETS.iter().find(|t| t.name == value.as_str()),
            "--minutes" => minutes = value.parse().context("--minutes needs a number")?,
            _ => bail!("unknown word {word}"),
        }
    }
    let Some(target) = target else {
        let names: Vec<&str> = TARGETS.iter().map(|t| t.name).collect();
        bail!("--target is one of: {}", names.join(", "));
    };
    let installed = run::command("cargo")?
        .args(["fuzz", "--version"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !installed {
        println!("fuzz: cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
        return Ok(false);
    }
    // New inputs go to the first folder: the seeds in the repository stay as they are.
    let found = format!("fuzz/corpus/{}", target.name);
    std::fs::create_dir_all(run::root()?.join(&found))?;
    let mut arguments = vec!["fuzz".to_owned(), "run".to_owned()];
    if OF_CORE.contains(&target.name) {
        arguments.extend(["--features".to_owned(), "core".to_owned()]);
    }
    arguments.extend([target.name.to_owned(), found]);
    arguments.extend(target.corpora.iter().map(|corpus| (*corpus).to_owned()));
    arguments.push("--".to_owned());
    arguments.push(format!("-max_total_time={}", u64::from(minutes) * 60));
    // Instrumentation is a flag of the compiler that only its nightly builds take without this.
    let status = run::command("cargo")?
        .args(&arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .status()
        .context("starting cargo fuzz")?;
    Ok(status.success())
}
