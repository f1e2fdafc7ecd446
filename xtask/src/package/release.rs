//! What is packaged: which version of what time, the program, and what it says about itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::elf::{self, Program};
use crate::run;

pub(crate) struct Release {
    /// Of the program, such as `1.2.0`.
    pub(crate) program_version: String,
    /// The same for a tagged commit; otherwise with time and commit, so that a later one is newer.
    pub(crate) version: String,
    /// Seconds: the only time in all that is written.
    pub(crate) time: u64,
    pub(crate) binary: Vec<u8>,
    pub(crate) program: Program,
    /// File name and text.
    pub(crate) manual: Vec<(String, Vec<u8>)>,
    /// Shell and script.
    pub(crate) completions: Vec<(&'static str, Vec<u8>)>,
}

impl Release {
    pub(crate) fn read(binary: &Path) -> Result<Self> {
        let bytes =
            std::fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
        let program = elf::read(&bytes).with_context(|| binary.display().to_string())?;
        let said = String::from_utf8(ask(binary, &["--version"])?)?;
        let program_version = said
            .trim()
            .strip_prefix("tillsyn ")
            .with_context(|| format!("{} is not tillsyn: it says `{said}`", binary.display()))?
            .to_owned();
        let time = time()?;
        let mut completions = Vec::new();
        for shell in ["bash", "zsh", "fish"] {
            completions.push((shell, ask(binary, &["completions", shell])?));
        }
        Ok(Self {
            version: version(&program_version, time)?,
            program_version,
            time,
            binary: bytes,
            program,
            manual: manual(binary)?,
            completions,
        })
    }

    /// RFC 3339.
    pub(crate) fn timestamp(&self) -> String {
        let [year, month, day, hour, minute, second] = civil(self.time);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

fn ask(binary: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(binary)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run {}", binary.display()))?;
    if !output.status.success() {
        bail!(
            "{} {}: {}",
            binary.display(),
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output.stdout)
}

fn manual(binary: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let folder = Scratch::new()?;
    let path = folder.0.to_str().context("the temporary folder's name")?;
    ask(binary, &["man", "--out", path])?;
    let mut pages = Vec::new();
    for entry in std::fs::read_dir(&folder.0)? {
        let entry = entry?;
        let name = entry
            .file_name()
            .into_string()
            .map_err(|name| anyhow::anyhow!("a page with the name {}", name.display()))?;
        pages.push((name, std::fs::read(entry.path())?));
    }
    pages.sort();
    Ok(pages)
}

/// A folder that goes when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("tillsyn-package-{}", std::process::id()));
        std::fs::create_dir(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing depends on it any more.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `SOURCE_DATE_EPOCH`, or when the commit was made.
fn time() -> Result<u64> {
    if let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") {
        let text = text.into_string().unwrap_or_default();
        return text
            .trim()
            .parse()
            .with_context(|| format!("SOURCE_DATE_EPOCH is `{text}`, expected seconds"));
    }
    let text = run::output("git", &["log", "-1", "--format=%ct"])
        .context("set SOURCE_DATE_EPOCH where there is no git repository")?;
    Ok(text.trim().parse()?)
}

fn version(program: &str, time: u64) -> Result<String> {
    let quiet = |arguments: &[&str]| -> Result<String> {
        let output = run::command("git")?.args(arguments).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let commit = quiet(&["rev-parse", "--short=10", "HEAD"])?;
    let tags = quiet(&["tag", "--points-at", "HEAD"])?;
    if commit.is_empty() || tags.lines().any(|tag| tag == format!("v{program}")) {
        return Ok(program.to_owned());
    }
    let [year, month, day, hour, minute, second] = civil(time);
    Ok(format!(
        "{program}+{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}.{commit}"
    ))
}

/// Year, month, day, hour, minute and second in UTC.
pub(crate) fn civil(time: u64) -> [u64; 6] {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let (mut days, rest) = (time / 86_400, time % 86_400);
    let mut year = 1970;
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    [
        year,
        month,
        days + 1,
        rest / 3600,
        rest / 60 % 60,
        rest % 60,
    ]
}
