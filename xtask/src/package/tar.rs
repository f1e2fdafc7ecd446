//! Archives in the POSIX ustar form, which `dpkg` and every container engine read.

use anyhow::{Result, bail};

use super::tree::{Kind, Tree};

const BLOCK: usize = 512;

/// The whole archive. `prefix` stands before each path; everything has the one time, in seconds.
pub(crate) fn archive(tree: &Tree, prefix: &str, time: u64) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    if !prefix.is_empty() {
        out.extend(header(prefix, 0o755, 0, 0, time, b'5')?);
    }
    for (path, entry) in &tree.0 {
        let name = format!("{prefix}{path}");
        let (mode, owner) = (entry.mode, entry.owner);
        match &entry.kind {
            Kind::Folder => {
                out.extend(header(&format!("{name}/"), mode, owner, 0, time, b'5')?);
            }
            Kind::File(bytes) => {
                out.extend(header(&name, mode, owner, bytes.len(), time, b'0')?);
                out.extend_from_slice(bytes);
                out.resize(out.len().next_multiple_of(BLOCK), 0);
            }
        }
    }
    // The end is two empty blocks.
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

fn header(
    name: &str,
    mode: u32,
    owner: u32,
    size: usize,
    time: u64,
    kind: u8,
) -> Result<[u8; BLOCK]> {
    let (folder, name) = split(name)?;
    let mut block = [0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name.as_bytes());
    put(100, octal(u64::from(mode), 7)?.as_bytes());
    put(108, octal(u64::from(owner), 7)?.as_bytes());
    put(116, octal(u64::from(owner), 7)?.as_bytes());
    put(124, octal(u64::try_from(size)?, 11)?.as_bytes());
    put(136, octal(time, 11)?.as_bytes());
    // The sum is made with blanks in its own place.
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    if owner == 0 {
        put(265, b"root");
        put(297, b"root");
    }
    put(345, folder.as_bytes());
    let sum: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let sum = format!("{}\0 ", octal(sum, 6)?);
    block[148..156].copy_from_slice(sum.as_bytes());
    Ok(block)
}

fn octal(number: u64, digits: usize) -> Result<String> {
    let text = format!("{number:0digits$o}");
    if text.len() > digits {
        bail!("{number} does not fit into an archive");
    }
    Ok(text)
}

/// A path of more than 100 bytes is cut at a slash, the front at most 155 bytes.
fn split(path: &str) -> Result<(&str, &str)> {
    if path.len() <= 100 {
        return Ok(("", path));
    }
    let cut = path
        .match_indices('/')
        .map(|(at, _)| (&path[..at], &path[at + 1..]))
        .find(|(folder, name)| folder.len() <= 155 && !name.is_empty() && name.len() <= 100);
    match cut {
        Some(parts) => Ok(parts),
        None => bail!("{path}: too long for an archive"),
    }
}
