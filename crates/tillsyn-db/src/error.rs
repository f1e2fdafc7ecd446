//! What can go wrong with the database. No variant ever holds a value from a row or a parameter.

/// Why a statement or a transaction failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    #[error("the row does not exist")]
    NotFound,
    /// `constraint` is `table.column, table.column`, or the index name where the engine says no more.
    #[error("already exists: {constraint}")]
    Unique { constraint: String },
    /// A foreign key, NOT NULL or CHECK was violated.
    #[error("constraint violated: {constraint}")]
    Constraint { constraint: String },
    /// Conflicting transactions, still so after every retry.
    #[error("transactions conflict, try again")]
    Serialization,
    #[error("the database is busy, try again")]
    Busy,
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// A [`fence`](crate::fence) is up.
    #[error("the database was left behind, nothing is written here any more")]
    Fenced,
    #[error(
        "the database has schema version {found}, this program knows {known}: use a newer program"
    )]
    SchemaTooNew { found: i64, known: i64 },
    #[error("migration {version} ({name}) differs from what was applied to this database")]
    SchemaChanged { version: i64, name: String },
    #[error(
        "a transaction body awaited something that is not the database; do that before or after the transaction"
    )]
    Pending,
    #[error("a transaction body panicked and was rolled back")]
    Panicked,
    #[error("an earlier statement of this transaction failed, so it can only be rolled back")]
    Aborted,
    #[error("column {column} of `{sql} …`: expected {expected}, found {found}")]
    Decode {
        sql: String,
        column: usize,
        expected: &'static str,
        found: String,
    },
    #[error("database: {0}")]
    Other(String),
}

impl DbError {
    /// True if the same call may succeed later without anything being changed.
    pub fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_) | Self::Busy | Self::Serialization | Self::Fenced
        )
    }

    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Unique { .. })
    }
}
