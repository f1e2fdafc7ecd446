//! The Debian package: an `ar` archive of a version, what dpkg has to know, and the files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};

use super::release::Release;
use super::tree::{Tree, gzip};
use super::{Options, elf, tar};
use crate::run;

/// Libraries by name, and the Debian package of each.
const PACKAGES: &[(&str, &str)] = &[
    ("libc.so.6", "libc6"),
    ("libm.so.6", "libc6"),
    ("libdl.so.2", "libc6"),
    ("libpthread.so.0", "libc6"),
    ("librt.so.1", "libc6"),
    ("ld-linux-x86-64.so.2", "libc6"),
    ("ld-linux-aarch64.so.1", "libc6"),
    ("libgcc_s.so.1", "libgcc-s1"),
];

const SCRIPTS: &[&str] = &["postinst", "postrm", "prerm"];

const SUMMARY: &str = "self-hosted management of iPhones, iPads and Macs";
const ABOUT: &str =
    " Takes devices from the box to ready for work, keeps them configured and known,
 and protects data when one is lost, stolen or retired. One program on SQLite,
 or several nodes on PostgreSQL.
";

/// The bytes of the `.deb`.
pub(crate) fn write(
    release: &Release,
    sbom: &[u8],
    licences: &str,
    options: &Options,
) -> Result<Vec<u8>> {
    let tree = contents(release, sbom, licences)?;
    let mut control = Tree::default();
    control.file("control", 0o644, fields(release, tree.kibibytes())?);
    for name in SCRIPTS {
        control.file(name, 0o755, source(&format!("debian/{name}"))?);
    }
    let members = [
        ("debian-binary".to_owned(), b"2.0\n".to_vec()),
        member("control", &control, release, options)?,
        member("data", &tree, release, options)?,
    ];
    ar(&members, release.time)
}

fn member(
    name: &str,
    tree: &Tree,
    release: &Release,
    options: &Options,
) -> Result<(String, Vec<u8>)> {
    let archive = tar::archive(tree, "./", release.time)?;
    Ok(if options.uncompressed {
        (format!("{name}.tar"), archive)
    } else {
        (format!("{name}.tar.gz"), gzip(&archive)?)
    })
}

/// Everything that is installed.
fn contents(release: &Release, sbom: &[u8], licences: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    tree.file("usr/bin/tillsyn", 0o755, release.binary.clone());
    tree.file(
        "usr/lib/systemd/system/tillsyn.service",
        0o644,
        source("tillsyn.service")?,
    );
    tree.file(
        "usr/lib/sysusers.d/tillsyn.conf",
        0o644,
        source("tillsyn.sysusers")?,
    );
    tree.file(
        "usr/lib/tmpfiles.d/tillsyn.conf",
        0o644,
        source("tillsyn.tmpfiles")?,
    );
    for (name, page) in &release.manual {
        let section = run::extension(name);
        tree.file(
            &format!("usr/share/man/man{section}/{name}.gz"),
            0o644,
            gzip(page)?,
        );
    }
    for (shell, script) in &release.completions {
        let path = match *shell {
            "bash" => "usr/share/bash-completion/completions/tillsyn",
            "zsh" => "usr/share/zsh/vendor-completions/_tillsyn",
            "fish" => "usr/share/fish/vendor_completions.d/tillsyn.fish",
            other => bail!("nobody knows where {other} looks for completions"),
        };
        tree.file(path, 0o644, script.clone());
    }
    let doc = "usr/share/doc/tillsyn";
    for name in ["README.md", "SECURITY.md", "NOTICE"] {
        tree.file(&format!("{doc}/{name}"), 0o644, repository(name)?);
    }
    for name in ["install.md", "backup.md"] {
        tree.file(
            &format!("{doc}/{name}"),
            0o644,
            repository(&format!("docs/{name}"))?,
        );
    }
    for name in ["tillsyn.toml", "port-443.conf"] {
        tree.file(
            &format!("{doc}/examples/{name}"),
            0o644,
            source(&format!("examples/{name}"))?,
        );
    }
    tree.file(
        &format!("{doc}/changelog.gz"),
        0o644,
        gzip(repository("CHANGELOG.md")?.as_bytes())?,
    );
    tree.file(&format!("{doc}/copyright"), 0o644, copyright()?);
    tree.file(
        &format!("{doc}/third-party-licences.gz"),
        0o644,
        gzip(licences.as_bytes())?,
    );
    tree.file(&format!("{doc}/sbom.cdx.json.gz"), 0o644, gzip(sbom)?);
    Ok(tree)
}

fn repository(path: &str) -> Result<String> {
    run::text(path)?.with_context(|| format!("{path} is no text"))
}

fn source(name: &str) -> Result<String> {
    repository(&format!("packaging/{name}"))
}

/// Debian's form, with the texts of both licences.
fn copyright() -> Result<String> {
    let mut out = String::from(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\
         Upstream-Name: Tillsyn\n\nFiles: *\nCopyright: 2026 The Tillsyn contributors\n\
         License: Expat or Apache-2.0\nComment: The libraries in the program have licences of their own; \
         see third-party-licences.gz.\n",
    );
    for (name, file) in [("Expat", "LICENSE-MIT"), ("Apache-2.0", "LICENSE-APACHE")] {
        write!(out, "\nLicense: {name}\n")?;
        for line in repository(file)?.lines() {
            let line = line.trim_end();
            writeln!(out, " {}", if line.is_empty() { "." } else { line })?;
        }
    }
    Ok(out)
}

fn fields(release: &Release, kibibytes: usize) -> Result<String> {
    Ok(format!(
        "Package: tillsyn\nVersion: {}\nArchitecture: {}\nMaintainer: The Tillsyn contributors\n\
         Installed-Size: {kibibytes}\nDepends: {}\nRecommends: ca-certificates\n\
         Suggests: postgresql, bash-completion\nSection: admin\nPriority: optional\n\
         Description: {SUMMARY}\n{ABOUT}",
        release.version,
        release.program.machine.architecture(),
        depends(&release.program)?,
    ))
}

/// What the program asks of the loader, as Debian packages; and who makes the system user.
pub(crate) fn depends(program: &elf::Program) -> Result<String> {
    let mut packages = BTreeSet::new();
    for library in &program.needed {
        let Some((_, package)) = PACKAGES.iter().find(|(name, _)| name == library) else {
            bail!("the program needs {library}, and nobody knows its Debian package");
        };
        packages.insert(*package);
    }
    let mut words: Vec<String> = Vec::new();
    for package in packages {
        words.push(match libc_version(&program.versions) {
            Some((major, minor)) if package == "libc6" => format!("libc6 (>= {major}.{minor})"),
            _ => package.to_owned(),
        });
    }
    words.push("systemd | systemd-standalone-sysusers".to_owned());
    Ok(words.join(", "))
}

/// The newest of the C library's versions.
fn libc_version(versions: &[String]) -> Option<(u32, u32)> {
    let numbers = |text: &String| {
        let (major, rest) = text.strip_prefix("GLIBC_")?.split_once('.')?;
        let minor = rest.split('.').next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    versions.iter().filter_map(numbers).max()
}

/// The common form of `ar`.
fn ar(members: &[(String, Vec<u8>)], time: u64) -> Result<Vec<u8>> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let head = format!(
            "{name:<16}{time:<12}{:<6}{:<6}{:<8}{:<10}`\n",
            0,
            0,
            "100644",
            bytes.len()
        );
        if head.len() != 60 {
            bail!("{name} does not fit into the package");
        }
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(bytes);
        if bytes.len() % 2 == 1 {
            out.push(b'\n');
        }
    }
    Ok(out)
}
