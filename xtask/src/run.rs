//! Starting cargo and git, always in the repository's root.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The repository's root folder.
pub(crate) fn root() -> Result<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(own
        .parent()
        .context("xtask lies in the workspace")?
        .to_path_buf())
}

/// A command in the root folder; cargo is the one that started us.
pub(crate) fn command(program: &str) -> Result<Command> {
    let program = match program {
        "cargo" => std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        other => other.into(),
    };
    let mut command = Command::new(program);
    command.current_dir(root()?);
    Ok(command)
}

/// Runs with inherited output; `false` when it fails.
pub(crate) fn passes<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<bool> {
    let status = command(program)?
        .args(arguments)
        .status()
        .with_context(|| format!("starting {program}"))?;
    Ok(status.success())
}

/// Runs and gives standard output.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = command(program)?
        .args(arguments)
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("starting {program}"))?;
    if !output.status.success() {
        bail!("{program} {} failed", arguments.join(" "));
    }
    String::from_utf8(output.stdout).with_context(|| format!("output of {program}"))
}

/// Paths that belong to the repository: tracked, or new and not ignored.
pub(crate) fn files() -> Result<Vec<String>> {
    let root = root()?;
    let listed = output(
        "git",
        &[
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
    )?;
    let files = listed.split('\0').filter(|path| !path.is_empty());
    // A file that is deleted but not committed yet is still listed.
    Ok(files
        .filter(|path| root.join(path).exists())
        .map(str::to_owned)
        .collect())
}

/// What stands behind the last dot of a file's name.
pub(crate) fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, end)| end)
}

/// The text of a file of the repository; `None` when it is not text.
pub(crate) fn text(path: &str) -> Result<Option<String>> {
    let bytes = std::fs::read(root()?.join(path)).with_context(|| path.to_owned())?;
    Ok(String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0')))
}

pub(crate) fn bench(rest: &[String]) -> Result<bool> {
    let mut rest = rest.iter().map(String::as_str).peekable();
    let name = rest.next_if(|word| !word.starts_with('-'));
    let name = name.unwrap_or("checkin");
    let mut arguments = vec!["bench", "--locked", "--workspace", "--bench", name, "--"];
    arguments.extend(rest);
    passes("cargo", &arguments)
}

pub(crate) fn torture(rest: &[String]) -> Result<bool> {
    // The program that is killed lies beside the one that kills it.
    if !passes("cargo", &["build", "--locked", "-p", "tillsyn"])? {
        return Ok(false);
    }
    let mut arguments = vec![
        "run",
        "--locked",
        "-p",
        "tillsyn-testkit",
        "--bin",
        "torture",
        "--",
    ];
    arguments.extend(rest.iter().map(String::as_str));
    passes("cargo", &arguments)
}

/// The check has one round of it.
pub(crate) fn cluster(rest: &[String]) -> Result<bool> {
    let rounds = match rest {
        [] => "10",
        [name, rounds] if name == "--rounds" && rounds.parse::<u32>().is_ok() => rounds,
        _ => bail!("cargo xtask cluster [--rounds N]"),
    };
    let rounds = format!("TILLSYN_CLUSTER_ROUNDS={rounds}");
    passes(
        "env",
        &[
            &rounds,
            "cargo",
            "test",
            "--locked",
            "--workspace",
            "--test",
            "it",
            "cluster::",
        ],
    )
}

pub(crate) fn timings(rest: &[String]) -> Result<bool> {
    let mut arguments = vec!["build", "--locked", "--timings", "-p", "tillsyn"];
    arguments.extend(rest.iter().map(String::as_str));
    passes("cargo", &arguments)
}
