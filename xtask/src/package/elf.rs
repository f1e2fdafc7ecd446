//! What a program asks of the dynamic loader: its machine, interpreter, libraries and their versions.

use anyhow::{Context as _, Result, bail};

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) machine: Machine,
    /// The loader's path; none for a static program or a library.
    pub(crate) interpreter: Option<String>,
    /// Names of libraries.
    pub(crate) needed: Vec<String>,
    /// The versions asked for, such as `GLIBC_2.34`.
    pub(crate) versions: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    X86_64,
    Aarch64,
}

impl Machine {
    /// As Debian and container engines call it.
    pub(crate) fn architecture(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }

    /// As the compiler calls it.
    pub(crate) fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Aarch64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// The folder of its libraries on Debian.
    pub(crate) fn library_folder(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-linux-gnu",
            Self::Aarch64 => "aarch64-linux-gnu",
        }
    }
}

const LOAD: u64 = 1;
const DYNAMIC: u64 = 2;
const INTERPRETER: u64 = 3;

const NEEDED: u64 = 1;
const STRINGS: u64 = 5;
const VERSIONS_NEEDED: u64 = 0x6fff_fffe;
const VERSIONS_NEEDED_COUNT: u64 = 0x6fff_ffff;

/// Reads a 64-bit little-endian program or library.
pub(crate) fn read(bytes: &[u8]) -> Result<Program> {
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        bail!("no 64-bit little-endian ELF file");
    }
    let machine = match number(bytes, 18, 2)? {
        62 => Machine::X86_64,
        183 => Machine::Aarch64,
        other => bail!("machine {other} is not one that we package for"),
    };
    let file = Segments::read(bytes)?;
    let mut program = Program {
        machine,
        interpreter: None,
        needed: Vec::new(),
        versions: Vec::new(),
    };
    if let Some(at) = file.offset(INTERPRETER) {
        program.interpreter = Some(text(bytes, at)?);
    }
    let Some(start) = file.offset(DYNAMIC) else {
        return Ok(program);
    };
    let entries = dynamic(bytes, start)?;
    let value = |tag: u64| entries.iter().find(|(t, _)| *t == tag).map(|(_, v)| *v);
    let Some(strings) = value(STRINGS) else {
        return Ok(program);
    };
    let strings = file.at(strings)?;
    for (_, name) in entries.iter().filter(|(tag, _)| *tag == NEEDED) {
        program.needed.push(text(bytes, strings + index(*name)?)?);
    }
    if let (Some(at), Some(count)) = (value(VERSIONS_NEEDED), value(VERSIONS_NEEDED_COUNT)) {
        program.versions = versions(bytes, file.at(at)?, count, strings)?;
    }
    Ok(program)
}

fn dynamic(bytes: &[u8], start: usize) -> Result<Vec<(u64, u64)>> {
    let mut entries = Vec::new();
    for at in (start..).step_by(16) {
        let tag = number(bytes, at, 8)?;
        if tag == 0 {
            break;
        }
        entries.push((tag, number(bytes, at + 8, 8)?));
    }
    Ok(entries)
}

/// Two lists within each other: libraries, and of each the versions.
fn versions(bytes: &[u8], start: usize, count: u64, strings: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut library = start;
    for _ in 0..count {
        let mut version = library + index(number(bytes, library + 8, 4)?)?;
        for _ in 0..number(bytes, library + 2, 2)? {
            let name = index(number(bytes, version + 8, 4)?)?;
            found.push(text(bytes, strings + name)?);
            version += index(number(bytes, version + 12, 4)?)?;
        }
        library += index(number(bytes, library + 12, 4)?)?;
    }
    Ok(found)
}

/// Type, offset, address and size of each segment.
struct Segments(Vec<[u64; 4]>);

impl Segments {
    fn read(bytes: &[u8]) -> Result<Self> {
        let table = index(number(bytes, 32, 8)?)?;
        let size = index(number(bytes, 54, 2)?)?;
        let count = index(number(bytes, 56, 2)?)?;
        let mut all = Vec::new();
        for at in (0..count).map(|n| table + n * size) {
            all.push([
                number(bytes, at, 4)?,
                number(bytes, at + 8, 8)?,
                number(bytes, at + 16, 8)?,
                number(bytes, at + 32, 8)?,
            ]);
        }
        Ok(Self(all))
    }

    fn offset(&self, kind: u64) -> Option<usize> {
        let [_, offset, ..] = self.0.iter().find(|segment| segment[0] == kind)?;
        usize::try_from(*offset).ok()
    }

    /// Where in the file an address of the running program lies.
    fn at(&self, address: u64) -> Result<usize> {
        let inside = |[kind, _, start, size]: &&[u64; 4]| {
            *kind == LOAD && address.checked_sub(*start).is_some_and(|at| at < *size)
        };
        let [_, offset, start, _] = self
            .0
            .iter()
            .find(inside)
            .context("an address outside of the file")?;
        index(address - start + offset)
    }
}

fn index(number: u64) -> Result<usize> {
    Ok(usize::try_from(number)?)
}

fn number(bytes: &[u8], at: usize, size: usize) -> Result<u64> {
    let part = bytes
        .get(at..at.saturating_add(size))
        .context("the ELF file ends early")?;
    Ok(part
        .iter()
        .rev()
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn text(bytes: &[u8], at: usize) -> Result<String> {
    let rest = bytes.get(at..).context("the ELF file ends early")?;
    let end = rest
        .iter()
        .position(|byte| *byte == 0)
        .context("a name without an end")?;
    Ok(String::from_utf8(rest[..end].to_vec())?)
}
