//! What the build put into the binary.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

use super::library::url;

mod table {
    include!(concat!(env!("OUT_DIR"), "/documents.rs"));
}

struct Picture {
    bytes: &'static [u8],
    /// Changes with the content, so that a browser may keep the picture for ever.
    version: u64,
}

static PICTURES: LazyLock<BTreeMap<&'static str, Picture>> = LazyLock::new(|| {
    let pictures = table::PICTURES.iter().map(|(path, bytes)| {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        let version = hasher.finish();
        (*path, Picture { bytes, version })
    });
    pictures.collect()
});

/// The source of a document, by its path below `docs`.
pub(super) fn text(path: &str) -> Option<&'static str> {
    let found = table::TEXTS.iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| *text)
}

/// The paths of all documents.
#[cfg(test)]
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    table::TEXTS.iter().map(|(path, _)| *path)
}

/// A picture by its path below `docs`.
pub(crate) fn picture(path: &str) -> Option<&'static [u8]> {
    PICTURES.get(path).map(|picture| picture.bytes)
}

/// Where it is served; `None` when there is none.
pub(crate) fn picture_url(path: &str) -> Option<String> {
    let picture = PICTURES.get(path)?;
    Some(format!("{}?v={:016x}", url(path), picture.version))
}
