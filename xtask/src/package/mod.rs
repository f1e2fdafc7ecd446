//! `cargo xtask package`: what an operator installs. A Debian package, a container image, their bill of materials and
//! checksums; from the same commit and the same program the same bytes.

mod deb;
mod elf;
mod image;
mod release;
mod sbom;
mod tar;
mod tree;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::run;
use release::Release;
use sbom::Parts;

pub(crate) struct Options {
    /// A program that is there already.
    binary: Option<PathBuf>,
    out: PathBuf,
    /// For tests, where compressing a program that nobody optimised takes longer than all else.
    uncompressed: bool,
}

pub(crate) fn package(words: &[String]) -> Result<bool> {
    let options = Options::read(words)?;
    let binary = match &options.binary {
        Some(path) => path.clone(),
        None => build()?,
    };
    let release = Release::read(&binary)?;
    let parts = Parts::read(release.program.machine.target())?;
    let sbom = parts.document(&release)?;
    let licences = parts.licences()?;
    let (version, architecture) = (&release.version, release.program.machine.architecture());
    fs::create_dir_all(&options.out)?;
    let put = |name: &str, bytes: &[u8]| {
        let path = options.out.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    put(&format!("tillsyn_{version}.cdx.json"), sbom.as_bytes())?;
    put(
        &format!("tillsyn_{version}_{architecture}.deb"),
        &deb::write(&release, sbom.as_bytes(), &licences, &options)?,
    )?;
    let image = options.out.join("oci");
    image::write(&image, &release, sbom.as_bytes(), &licences, &options)?;
    put("SHA256SUMS", sums(&options.out)?.as_bytes())?;
    println!(
        "tillsyn {version} for {architecture}: {}",
        options.out.display()
    );
    Ok(true)
}

impl Options {
    fn read(words: &[String]) -> Result<Self> {
        let mut options = Self {
            binary: None,
            out: target_folder()?.join("package"),
            uncompressed: false,
        };
        let mut is_default = true;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || {
                let value = words.next().map(PathBuf::from);
                value.with_context(|| format!("{word} needs a value"))
            };
            match word.as_str() {
                "--binary" => options.binary = Some(std::path::absolute(value()?)?),
                "--out" => {
                    options.out = std::path::absolute(value()?)?;
                    is_default = false;
                }
                "--uncompressed" => options.uncompressed = true,
                other => {
                    bail!("`{other}` is not known: [--binary FILE] [--out FOLDER] [--uncompressed]")
                }
            }
        }
        if options.out.exists() {
            let files = fs::read_dir(&options.out)?.count();
            if is_default {
                fs::remove_dir_all(&options.out)?;
            } else if files > 0 {
                bail!("{} is not empty", options.out.display());
            }
        }
        Ok(options)
    }
}

fn target_folder() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => Ok(run::root()?.join(folder)),
        None => Ok(run::root()?.join("target")),
    }
}

/// A release build in which no path of the building machine remains.
fn build() -> Result<PathBuf> {
    let root = run::root()?;
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    );
    let mut flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    for (path, name) in [(&root, "/tillsyn"), (&home, "/cargo")] {
        write!(flags, " --remap-path-prefix={}={name}", path.display())?;
    }
    let done = run::command("cargo")?
        .args(["build", "--release", "--locked", "--package", "tillsyn"])
        .env("RUSTFLAGS", flags.trim())
        // Line tables are for whoever debugs; the names of functions stay.
        .env("CARGO_PROFILE_RELEASE_STRIP", "debuginfo")
        .env("CARGO_TARGET_DIR", target_folder()?)
        .status()?;
    if !done.success() {
        bail!("the release build failed");
    }
    Ok(target_folder()?.join("release/tillsyn"))
}

/// By the system's own tool: ours is not optimised, and the program is large.
fn sha256(bytes: &[u8]) -> Result<String> {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run sha256sum")?;
    // It answers when all is read and the pipe is closed.
    let mut input = child.stdin.take().context("sha256sum takes no input")?;
    input.write_all(bytes)?;
    drop(input);
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stdout)?;
    match said.split_whitespace().next() {
        Some(digest) if digest.len() == 64 => Ok(digest.to_owned()),
        _ => bail!("sha256sum gave no digest"),
    }
}

/// One line for each file, as `sha256sum --check` reads it.
fn sums(folder: &Path) -> Result<String> {
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files)?;
    let mut lines = String::new();
    for (name, path) in files {
        // A blob is named by its digest.
        let sum = match name.strip_prefix("oci/blobs/sha256/") {
            Some(digest) => digest.to_owned(),
            None => sha256(&fs::read(path)?)?,
        };
        writeln!(lines, "{sum}  {name}")?;
    }
    Ok(lines)
}

fn collect(top: &Path, folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(top, &path, files)?;
        } else {
            let name = path.strip_prefix(top)?.display().to_string();
            files.insert(name, path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
