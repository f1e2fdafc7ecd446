//! Opening the database, and what its schema version means.

use anyhow::{Context as _, bail};
use tillsyn_core::migrations;
use tillsyn_db::{Db, DbConfig, DbError};

use crate::config::Config;

/// Opens an existing database.
pub(crate) async fn open(config: &Config) -> anyhow::Result<Db> {
    if let Some(file) = config.sqlite_file().filter(|file| !file.exists()) {
        bail!(
            "there is no database at {}; `tillsyn init` makes it",
            file.display()
        );
    }
    open_or_make(config).await
}

/// As [`open`]; makes the file of an SQLite database.
pub(crate) async fn open_or_make(config: &Config) -> anyhow::Result<Db> {
    let settings = DbConfig {
        url: config.database.url.expose().to_owned(),
        pool: config.database.pool,
    };
    Db::open(&settings)
        .await
        .context("the database cannot be opened (database.url)")
}

/// How a database stands to this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Schema {
    Empty,
    Current,
    Older { found: i64, known: i64 },
    Newer { found: i64, known: i64 },
}

pub(crate) async fn schema(db: &Db) -> Result<Schema, DbError> {
    let known = migrations::ALL.last().map_or(0, |m| m.version);
    match db.schema_version(migrations::ALL).await {
        Ok(0) => Ok(Schema::Empty),
        Ok(found) if found < known => Ok(Schema::Older { found, known }),
        Ok(_) => Ok(Schema::Current),
        Err(DbError::SchemaTooNew { found, known }) => Ok(Schema::Newer { found, known }),
        Err(error) => Err(error),
    }
}

impl Schema {
    /// Refuses anything but the schema that this program knows (security S88).
    pub(crate) fn require_current(&self) -> anyhow::Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Empty => bail!("the database is empty; run `tillsyn init`"),
            Self::Older { found, known } => bail!(
                "the database has schema version {found}, this program needs {known}; make a backup, \
                 then run `tillsyn migrate`"
            ),
            Self::Newer { found, known } => bail!(
                "the database has schema version {found}, this program knows {known}; a newer tillsyn \
                 has worked on it: use that version or a later one"
            ),
        }
    }
}
