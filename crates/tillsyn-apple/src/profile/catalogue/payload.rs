use super::key::{Key, named, siblings};
use super::rule::Support;
use super::table::TABLE;
use super::{Kind, System};

/// One payload of the schema. Several may share a type and differ in their keys.
#[derive(Debug)]
pub struct Payload {
    /// `PayloadType`.
    pub kind: &'static str,
    /// Tells it from others of its type; empty for the usual one.
    pub variant: &'static str,
    pub support: &'static Support,
    /// Where its keys stand in the table.
    pub(super) first: usize,
    pub(super) end: usize,
}

impl Payload {
    /// Its own keys in the order of the schema, without those that all payloads have.
    pub fn keys(&self) -> impl Iterator<Item = &'static Key> + use<> {
        siblings(self.first, self.end)
    }

    /// The own key of this name, or the one that stands for any.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        named(self.keys(), name)
    }

    /// By names; a number or any other text stands for the item of an array.
    pub fn find(&self, path: &[&str]) -> Option<&'static Key> {
        let (first, rest) = path.split_first()?;
        rest.iter()
            .try_fold(self.key(first)?, |key, name| key.child(name))
    }

    /// Whether a device of this system takes only one.
    pub fn exclusive(&self, system: System) -> bool {
        self.support.on(system).is_some_and(super::Rule::exclusive)
    }

    /// Whether its type, its variant or any of its keys has this text in its name, in lower case.
    pub fn mentions(&self, text: &str) -> bool {
        let keys = TABLE.keys.get(self.first..self.end).unwrap_or_default();
        [self.kind, self.variant]
            .into_iter()
            .chain(keys.iter().map(|key| key.name))
            .any(|name| name.to_lowercase().contains(text))
    }

    /// Takes any key: the schema does not say more.
    pub fn is_free(&self) -> bool {
        self.keys()
            .any(|key| key.is_free() && key.kind == Kind::Any)
    }
}

const TOP_LEVEL: &str = "TopLevel";
const COMMON: &str = "CommonPayloadKeys";

/// Every payload of the schema, by type and variant.
pub fn payloads() -> impl Iterator<Item = &'static Payload> {
    TABLE
        .payloads
        .iter()
        .filter(|payload| ![TOP_LEVEL, COMMON].contains(&payload.kind))
}

/// Every `PayloadType`, each once, sorted.
pub fn payload_types() -> Vec<&'static str> {
    let mut types: Vec<_> = payloads().map(|payload| payload.kind).collect();
    types.dedup();
    types
}

/// The payloads of a type; empty when the schema does not know it.
pub fn variants(kind: &str) -> Vec<&'static Payload> {
    payloads().filter(|payload| payload.kind == kind).collect()
}

/// The keys of the profile itself.
pub fn top_level() -> Option<&'static Payload> {
    TABLE.payloads.iter().find(|each| each.kind == TOP_LEVEL)
}

/// The keys of every payload.
pub fn common() -> Option<&'static Payload> {
    TABLE.payloads.iter().find(|each| each.kind == COMMON)
}

/// Whether a device of this system takes only one payload of this type.
pub fn exclusive(kind: &str, system: System) -> bool {
    let all = variants(kind);
    !all.is_empty() && all.iter().all(|payload| payload.exclusive(system))
}
