//! The files of a package before they are written anywhere.

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Result;
use flate2::{Compression, GzBuilder};

/// One thing in a package.
pub(crate) enum Kind {
    Folder,
    File(Vec<u8>),
}

pub(crate) struct Entry {
    pub(crate) mode: u32,
    /// User and group.
    pub(crate) owner: u32,
    pub(crate) kind: Kind,
}

/// Paths without a slash in front, in the one order that makes two builds the same: a folder before what is in it.
#[derive(Default)]
pub(crate) struct Tree(pub(crate) BTreeMap<String, Entry>);

impl Tree {
    pub(crate) fn file(&mut self, path: &str, mode: u32, bytes: impl Into<Vec<u8>>) {
        self.put(path, mode, 0, Kind::File(bytes.into()));
    }

    pub(crate) fn folder(&mut self, path: &str, mode: u32, owner: u32) {
        self.put(path, mode, owner, Kind::Folder);
    }

    fn put(&mut self, path: &str, mode: u32, owner: u32, kind: Kind) {
        let mut above = path;
        while let Some((parent, _)) = above.rsplit_once('/') {
            self.0.entry(parent.to_owned()).or_insert(Entry {
                mode: 0o755,
                owner: 0,
                kind: Kind::Folder,
            });
            above = parent;
        }
        self.0.insert(path.to_owned(), Entry { mode, owner, kind });
    }

    /// What it takes on a disk, in KiB, each file rounded up.
    pub(crate) fn kibibytes(&self) -> usize {
        let size = |entry: &Entry| match &entry.kind {
            Kind::File(bytes) => bytes.len().div_ceil(1024),
            Kind::Folder => 1,
        };
        self.0.values().map(size).sum()
    }
}

/// gzip without name and time, so that the same bytes become the same bytes.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut writer = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::default());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}
