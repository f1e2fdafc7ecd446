//! What a row of a file does.

use serde::{Deserialize, Serialize};

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Create,
    Change,
    /// It is so already.
    Same,
    Error,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Change => "change",
            Self::Same => "same",
            Self::Error => "error",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Create, Self::Change, Self::Same, Self::Error]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// One row of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// What it is about, in the words of the file.
    pub name: String,
    pub outcome: Outcome,
    /// Columns that change something.
    pub fields: Vec<String>,
    pub errors: Vec<RowError>,
}

/// Why a row cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// `missing`, `length`, `email`, `language`, `status`, `unit`, `twice`, `taken`, `ambiguous`, `unknown`,
    /// `outside`, `deep`, `full` or `width`; of a row that failed later also `overtaken`.
    pub code: String,
    /// The column; empty when the row as a whole is meant.
    pub field: String,
    pub found: String,
    /// What could stand there; empty when there is no list of it.
    pub allowed: String,
}

/// Characters of a name or value that a preview repeats.
const SHOWN: usize = 120;

pub(super) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect()
}

impl RowError {
    pub(crate) fn new(code: &str, field: &str, found: &str, allowed: &str) -> Self {
        Self {
            code: code.to_owned(),
            field: field.to_owned(),
            found: shown(found),
            allowed: allowed.to_owned(),
        }
    }
}

/// How many rows do what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub create: i64,
    pub change: i64,
    pub same: i64,
    pub error: i64,
}

impl Counts {
    pub(super) fn of<'a>(rows: impl IntoIterator<Item = &'a RowView>) -> Self {
        let mut counts = Self::default();
        for row in rows {
            match row.outcome {
                Outcome::Create => counts.create += 1,
                Outcome::Change => counts.change += 1,
                Outcome::Same => counts.same += 1,
                Outcome::Error => counts.error += 1,
            }
        }
        counts
    }
}

/// A row with what is to be done for it; nothing when it is so already, or cannot be used.
#[derive(Clone, Debug)]
pub(super) struct Judged<A> {
    pub(super) view: RowView,
    pub(super) act: Option<A>,
}
