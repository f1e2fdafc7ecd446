//! What a source says, in words that are the same for every kind of source.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

/// Everything that is read of a person; a source that knows more is not asked for it.
pub const FIELDS: [&str; 9] = [
    "name",
    "email",
    "language",
    "given_name",
    "family_name",
    "department",
    "title",
    "employee_number",
    "manager",
];

/// What a source says of a person, by the names of [`FIELDS`]. A field that it does not say is not in it and
/// stays as it was; `None` says that it is empty.
pub type Fields = BTreeMap<String, Option<String>>;

/// Groups within groups are followed so deep.
pub(super) const DEPTH: usize = 20;
/// Bytes of one field.
const MOST_FIELD: usize = 1_000;

/// A person as a source has them.
#[derive(Clone, Debug, Default)]
pub struct PersonEntry {
    /// The source's own unchanging key: never an address, a login or a place in a tree.
    pub key: String,
    /// What one signs in with there.
    pub login: Option<String>,
    pub external_id: Option<String>,
    pub fields: Fields,
    /// Whether they may work; absent where the source did not say.
    pub active: Option<bool>,
    /// What the source said about that, for the record.
    pub raw_state: Option<String>,
}

/// A member of a group, by the source's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MemberKey {
    Person(String),
    Group(String),
}

/// A group as a source has it.
#[derive(Clone, Debug, Default)]
pub struct GroupEntry {
    pub key: String,
    pub name: String,
    /// Direct members; absent where the source did not say.
    pub members: Option<Vec<MemberKey>>,
    /// Members that the source names and that lie outside of what is read.
    pub unresolved: u64,
}

/// One reading of a source.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Whether everything was read: only then does a missing key mean anything.
    pub complete: bool,
    pub people: Vec<PersonEntry>,
    pub groups: Vec<GroupEntry>,
}

/// What a run did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// People that the source named.
    pub people: u64,
    pub groups: u64,
    pub created: u64,
    pub changed: u64,
    pub suspended: u64,
    pub leaving: u64,
    pub restored: u64,
    pub groups_created: u64,
    pub groups_changed: u64,
    /// Members that nobody here is.
    pub unresolved: u64,
    /// People whom somebody erased here and who were not made again.
    pub erased: u64,
    /// Addresses that another person has.
    pub taken: u64,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Applied {
    pub run_id: String,
    /// Nothing was changed: an administrator has to look first.
    pub held: bool,
    pub counts: Counts,
}

/// More than so many at once are looked at by somebody: five, or a tenth.
pub fn many_of(all: usize) -> usize {
    (all / 10).max(5)
}

/// A value as it is kept: one line, not too long.
pub(super) fn clean(value: &str, most: usize) -> Option<String> {
    let text: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text: String = text.trim().chars().take(most).collect();
    (!text.is_empty()).then_some(text)
}

/// What is kept of what a source says: only fields that we have a use for.
pub(super) fn kept(fields: &Fields) -> Fields {
    let known = fields
        .iter()
        .filter(|(name, _)| FIELDS.contains(&name.as_str()));
    known
        .map(|(name, value)| {
            let value = value.as_deref().and_then(|value| clean(value, MOST_FIELD));
            (name.clone(), value)
        })
        .collect()
}

/// A name as it is compared: whatever the case of its letters, and however they are composed.
pub fn folded(name: &str) -> String {
    let composed: String = name.nfc().collect();
    // By way of capitals, so that ß and ss are one, and so are the two small sigmas.
    composed.to_uppercase().to_lowercase().nfc().collect()
}

/// A login as it is compared.
pub(super) fn login_key(login: Option<&str>) -> Option<String> {
    login.and_then(|login| clean(&login.to_lowercase(), 500))
}
