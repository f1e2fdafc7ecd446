//! Whether something can be loaded into a database, and making its tables.

use tillsyn_db::{Db, Engine, Migration, Tx, args, dump};

use crate::error::Error;
use crate::migrations;

/// What the migrations themselves put somewhere; nothing else may be in an empty database.
const SEEDED: [&str; 3] = ["config_revision", "role", "worker_lease"];

/// Makes an empty database one of schema version `version`.
///
/// # Errors
/// A conflict when anything is in it.
pub(super) async fn prepare(db: &Db, version: i64) -> Result<(), Error> {
    let found = db.schema_version(migrations::ALL).await?;
    if let Some(table) = first_filled(db).await? {
        return Err(Error::conflict(
            "database_not_empty",
            format!(
                "The database is not empty (table {table}). Make a new one, or set database.url to one: nothing \
                 here is ever overwritten."
            ),
        ));
    }
    if found > version {
        return Err(Error::conflict(
            "database_not_empty",
            format!(
                "The database is empty but has the tables of schema version {found}, and the backup is of version \
                 {version}. Make a new one without tables."
            ),
        ));
    }
    let until: Vec<Migration> = migrations::ALL
        .iter()
        .filter(|m| m.version <= version)
        .copied()
        .collect();
    if until.last().is_none_or(|m| m.version != version) {
        return Err(Error::conflict(
            "backup_schema",
            format!("This program has no schema version {version}."),
        ));
    }
    db.migrate(&until).await?;
    Ok(())
}

async fn first_filled(db: &Db) -> Result<Option<String>, Error> {
    db.read((), |tx, ()| Box::pin(first_filled_in(tx))).await
}

async fn first_filled_in(tx: &Tx) -> Result<Option<String>, Error> {
    let tables = dump::tables(tx).await?;
    // Without ours the tables are somebody else's, even when they are empty.
    let ours = tables.iter().any(|table| table.name == "org_unit");
    for table in tables {
        if SEEDED.contains(&table.name.as_str()) && ours {
            continue;
        }
        if !ours {
            return Ok(Some(table.name));
        }
        let sql = format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name);
        if !tx.fetch_all_dyn(&sql, args![]).await?.is_empty() {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// The word for an engine that people know.
pub(super) fn engine_name(engine: Engine) -> String {
    engine.as_str().to_owned()
}
