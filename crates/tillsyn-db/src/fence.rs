//! A fence around a database that is left behind: from the commit that puts it up nobody writes a row any
//! more, whatever they began before or slept through. While it is down there is nothing in the way of a write.
//!
//! It is a trigger on each table that refuses. Making it waits for the transactions that have written to the
//! table and stands in the way of all that have not yet: on SQLite there is one writer, on PostgreSQL the
//! trigger takes a lock that excludes writers (not readers), and is seen by every later statement whatever
//! the snapshot of its transaction is.

use std::fmt::Write as _;

use crate::dump::{quoted, tables};
use crate::{DbError, Engine, Tx, args};

/// What the refusing trigger says on SQLite.
pub(crate) const MESSAGE: &str = "tillsyn_fence";
/// The same on PostgreSQL, as an SQLSTATE of our own.
pub(crate) const CODE: &str = "TS001";

/// How long writers that are under way may take; a server that was paused within a transaction takes for ever.
const PATIENCE: &str = "SET LOCAL lock_timeout = '10s';";
/// Lets one transaction through, which nobody sets but [`pass_in`].
const FUNCTION: &str = "CREATE OR REPLACE FUNCTION tillsyn_fence() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
    IF COALESCE(current_setting('tillsyn.fence_pass', true), '') <> 'yes' THEN \
    RAISE EXCEPTION USING ERRCODE = 'TS001', MESSAGE = 'tillsyn_fence'; END IF; RETURN NULL; END $$;";

/// Puts the fence up, around every table that has none.
///
/// # Errors
/// [`DbError::Busy`] when a transaction that writes does not end.
pub async fn up_in(tx: &Tx) -> Result<(), DbError> {
    let fenced = fenced(tx).await?;
    let mut sql = String::new();
    if tx.engine() == Engine::Postgres {
        sql.push_str(PATIENCE);
        sql.push_str(FUNCTION);
    }
    for table in tables(tx).await? {
        let known = fenced.iter().find(|(name, _)| *name == table.name);
        let name = quoted(&table.name);
        let _ = match (tx.engine(), known) {
            (_, Some((_, true))) => Ok(()),
            (Engine::Postgres, Some(_)) => {
                write!(sql, "ALTER TABLE {name} ENABLE TRIGGER tillsyn_fence;")
            }
            (Engine::Postgres, None) => write!(
                sql,
                "CREATE TRIGGER tillsyn_fence BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name} \
                 FOR EACH STATEMENT EXECUTE FUNCTION tillsyn_fence();"
            ),
            (Engine::Sqlite, _) => EVENTS.into_iter().try_for_each(|event| {
                let trigger = trigger(event, &table.name);
                write!(
                    sql,
                    "CREATE TRIGGER {trigger} BEFORE {event} ON {name} \
                     BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END;"
                )
            }),
        };
    }
    tx.batch(&sql).await
}

/// Takes the fence down.
///
/// # Errors
/// [`DbError::Busy`] as for [`up_in`].
pub async fn down_in(tx: &Tx) -> Result<(), DbError> {
    let mut sql = String::new();
    if tx.engine() == Engine::Postgres {
        sql.push_str(PATIENCE);
    }
    for (table, _) in fenced(tx).await?.iter().filter(|(_, is_up)| *is_up) {
        // To drop a trigger would wait for readers as well, a backup for instance.
        let _ = match tx.engine() {
            Engine::Postgres => write!(
                sql,
                "ALTER TABLE {} DISABLE TRIGGER tillsyn_fence;",
                quoted(table)
            ),
            Engine::Sqlite => EVENTS
                .into_iter()
                .try_for_each(|event| write!(sql, "DROP TRIGGER {};", trigger(event, table))),
        };
    }
    tx.batch(&sql).await
}

/// Lets this one transaction write; on SQLite by taking the fence down, so [`up_in`] has to follow.
pub async fn pass_in(tx: &Tx) -> Result<(), DbError> {
    match tx.engine() {
        Engine::Sqlite => down_in(tx).await,
        Engine::Postgres => tx.batch("SET LOCAL tillsyn.fence_pass = 'yes'").await,
    }
}

const EVENTS: [&str; 3] = ["INSERT", "UPDATE", "DELETE"];

fn trigger(event: &str, table: &str) -> String {
    quoted(&format!("{MESSAGE}_{event}_{table}"))
}

/// Tables with a trigger of the fence, and whether it refuses.
async fn fenced(tx: &Tx) -> Result<Vec<(String, bool)>, DbError> {
    const SQLITE: &str = "SELECT DISTINCT tbl_name, 1 FROM sqlite_master WHERE type = 'trigger' \
        AND name LIKE 'tillsyn~_fence~_%' ESCAPE '~' ORDER BY tbl_name";
    const POSTGRES: &str = "SELECT CAST(c.relname AS TEXT), \
        CASE WHEN t.tgenabled = 'D' THEN CAST(0 AS BIGINT) ELSE CAST(1 AS BIGINT) END \
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
        WHERE t.tgname = 'tillsyn_fence' ORDER BY c.relname";
    let sql = match tx.engine() {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let rows = tx.fetch_all(sql, args![]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.i64(1)? == 1)))
        .collect()
}
