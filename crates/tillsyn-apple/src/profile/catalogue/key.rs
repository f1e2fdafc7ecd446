use super::format::Format;
use super::rule::Support;
use super::scalar::Scalar;
use super::table::TABLE;

/// A key of a payload, or the item of an array.
#[derive(Debug)]
pub struct Key {
    /// As the schema writes it; of an array's item only a label.
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
    /// The only values that are allowed; empty where any is.
    pub allowed: Vec<Scalar>,
    pub min: Option<Scalar>,
    pub max: Option<Scalar>,
    /// How often an array's item may stand there.
    pub least: Option<usize>,
    pub most: Option<usize>,
    /// What the device assumes without the key.
    pub default: Option<Scalar>,
    pub format: Option<Format>,
    /// `url`, `hostname`.
    pub is: Option<&'static str>,
    /// Already with what it inherits.
    pub support: &'static Support,
    /// Its place in the table, and the first place behind its own keys.
    pub(super) index: usize,
    pub(super) end: usize,
    pub(super) again: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    String,
    Integer,
    Real,
    Boolean,
    Date,
    Data,
    Array,
    Dictionary,
    /// Any value.
    Any,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::String,
        Self::Integer,
        Self::Real,
        Self::Boolean,
        Self::Date,
        Self::Data,
        Self::Array,
        Self::Dictionary,
        Self::Any,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Data => "data",
            Self::Array => "array",
            Self::Dictionary => "dictionary",
            Self::Any => "any",
        }
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Key {
    /// Stands for any name, as in a dictionary of preferences.
    pub fn is_free(&self) -> bool {
        self.name == "ANY"
    }

    /// The keys of a dictionary or the one item of an array, in the order of the schema. Where the schema goes in
    /// circles they are those of an ancestor: a walk must bound its own depth.
    pub fn children(&self) -> impl Iterator<Item = &'static Key> + use<> {
        let of = self.again.map_or(self.index, |ancestor| ancestor);
        let end = TABLE.keys.get(of).map_or(0, |key| key.end);
        siblings(of.saturating_add(1), end)
    }

    /// The schema goes in circles here: its children are those of this ancestor.
    pub fn again(&self) -> Option<&'static Key> {
        TABLE.keys.get(self.again?)
    }

    /// The key of this name in a dictionary, or the item of an array, whatever its number.
    pub fn child(&self, name: &str) -> Option<&'static Key> {
        match self.kind {
            Kind::Array => self.item(),
            _ => named(self.children(), name),
        }
    }

    /// What stands in an array.
    pub fn item(&self) -> Option<&'static Key> {
        self.children().next()
    }
}

/// The key of this name, or the one that stands for any.
pub(super) fn named(keys: impl Iterator<Item = &'static Key>, name: &str) -> Option<&'static Key> {
    let mut free = None;
    for key in keys {
        if key.is_free() {
            free = Some(key);
        } else if key.name == name {
            return Some(key);
        }
    }
    free
}

/// The keys of one level from a place of the table on.
pub(super) fn siblings(from: usize, end: usize) -> impl Iterator<Item = &'static Key> + use<> {
    let mut at = from;
    std::iter::from_fn(move || {
        let key = TABLE.keys.get(at).filter(|_| at < end)?;
        at = key.end;
        Some(key)
    })
}
