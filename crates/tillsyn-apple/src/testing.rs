//! Fixtures and deterministic damage, for the tests of this crate.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::PathBuf;

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let path = folder("").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The XML and the binary form of one message.
pub(crate) fn both(name: &str) -> [Vec<u8>; 2] {
    [
        fixture(&format!("{name}.plist")),
        fixture(&format!("{name}.binary.plist")),
    ]
}

/// Every file of a folder, by name.
pub(crate) fn all(name: &str) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                bytes,
            )
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no fixtures in {name}");
    files
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/apple")
        .join(name)
}

/// A small generator (xorshift), so that damage is the same on every run.
pub(crate) struct Damage(u64);

impl Damage {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(below.max(1)).unwrap()).unwrap()
    }

    /// Flips, overwrites, cuts, repeats or inserts a few bytes.
    pub(crate) fn apply(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for _ in 0..=self.next(4) {
            let at = self.next(out.len());
            if out.is_empty() {
                return out;
            }
            match self.next(6) {
                0 => out[at] ^= 1 << self.next(8),
                1 => out[at] = 0xff,
                2 => out[at] = u8::try_from(self.next(256)).unwrap(),
                3 => out.truncate(at),
                4 => {
                    let end = (at + self.next(64)).min(out.len());
                    let piece = out[at..end].to_vec();
                    out.splice(at..at, piece);
                }
                _ => out.insert(at, u8::try_from(self.next(256)).unwrap()),
            }
        }
        out
    }
}
