//! Schema migrations: numbered texts, each applied once in a transaction of its own.
//!
//! The lock is a row with a lease, so it works on any engine that speaks PostgreSQL's protocol.
//! Each migration renews the lease in its own transaction: a holder whose lease was taken over
//! cannot commit.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest;

use crate::{Db, DbError, Engine, Tx, args, sql};

/// The migrations of this program, from `migrations/`.
pub const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// One step of the schema. In `sql`, `{blob}`, `{autoid}` and `{bytewise}` (a text whose order is that of its bytes)
/// become the engine's types.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub version: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

/// What [`Db::migrate`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// Version found; 0 for an empty database.
    pub from: i64,
    /// Version now.
    pub to: i64,
    /// Versions applied by this call.
    pub applied: Vec<i64>,
}

const LEASE_MS: i64 = 60_000;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS schema_migration (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS schema_lock (
    id BIGINT PRIMARY KEY,
    holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);";

pub(crate) async fn run(db: &Db, migrations: &[Migration]) -> Result<MigrationReport, DbError> {
    check_order(migrations)?;
    let applied = applied(db).await?;
    let from = check_applied(&applied, migrations)?;
    let missing: Vec<Migration> = migrations
        .iter()
        .filter(|m| m.version > from)
        .copied()
        .collect();
    if missing.is_empty() {
        return Ok(MigrationReport {
            from,
            to: from,
            applied: Vec::new(),
        });
    }

    let holder = uuid::Uuid::new_v4().to_string();
    lock(db, &holder).await?;
    let result = apply(db, &holder, migrations).await;
    let unlock: Result<u64, DbError> = db
        .execute(
            "DELETE FROM schema_lock WHERE id = 1 AND holder = $1",
            args![&holder],
        )
        .await;
    let done = result?;
    unlock?;
    let to = migrations.last().map_or(from, |m| m.version);
    Ok(MigrationReport {
        from,
        to,
        applied: done,
    })
}

/// The version of the database, changing nothing; 0 when it is empty.
pub(crate) async fn version(db: &Db, migrations: &[Migration]) -> Result<i64, DbError> {
    const SQLITE: &str =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'";
    const POSTGRES: &str = "SELECT count(*) FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_name = 'schema_migration'";
    let tables = match db.engine() {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let found = db.query_optional(tables, args![]).await?;
    if found.map_or(Ok(0), |row| row.i64(0))? == 0 {
        return Ok(0);
    }
    let applied = db.read((), |tx, ()| Box::pin(list(tx))).await?;
    check_applied(&applied, migrations)
}

fn check_order(migrations: &[Migration]) -> Result<(), DbError> {
    let mut last = 0;
    for migration in migrations {
        if migration.version <= last {
            return Err(DbError::Other(format!(
                "migration {} is out of order",
                migration.version
            )));
        }
        last = migration.version;
    }
    Ok(())
}

/// Versions and hashes in the database, oldest first. Makes the tables if need be.
async fn applied(db: &Db) -> Result<Vec<(i64, String)>, DbError> {
    let mut tries = 0;
    loop {
        let made = db.write((), |tx, ()| Box::pin(tx.batch(TABLES))).await;
        match made {
            Ok(()) => break,
            // PostgreSQL: two nodes that make the tables at once collide in its catalogue.
            Err(DbError::Unique { .. } | DbError::Other(_)) if tries < 5 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => return Err(error),
        }
    }
    db.read((), |tx, ()| Box::pin(list(tx))).await
}

async fn list(tx: &Tx) -> Result<Vec<(i64, String)>, DbError> {
    let rows = tx
        .fetch_all(
            "SELECT version, sha256 FROM schema_migration ORDER BY version",
            args![],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.i64(0)?, row.text(1)?)))
        .collect()
}

/// The version of the database, if this program may work on it.
fn check_applied(applied: &[(i64, String)], migrations: &[Migration]) -> Result<i64, DbError> {
    let known = migrations.last().map_or(0, |m| m.version);
    let found = applied.last().map_or(0, |(version, _)| *version);
    if found > known {
        return Err(DbError::SchemaTooNew { found, known });
    }
    let below: Vec<&Migration> = migrations.iter().filter(|m| m.version <= found).collect();
    for (index, migration) in below.iter().enumerate() {
        let same = applied.get(index).is_some_and(|(version, hash)| {
            *version == migration.version && *hash == sha256(migration.sql)
        });
        if !same {
            return Err(DbError::SchemaChanged {
                version: migration.version,
                name: migration.name.to_owned(),
            });
        }
    }
    Ok(found)
}

async fn lock(db: &Db, holder: &str) -> Result<(), DbError> {
    loop {
        let now = now_ms();
        let taken: u64 = db
            .execute(
                "INSERT INTO schema_lock(id, holder, lease_until) VALUES (1, $1, $2) \
                 ON CONFLICT (id) DO UPDATE SET holder = $1, lease_until = $2 \
                 WHERE schema_lock.lease_until < $3",
                args![holder, now + LEASE_MS, now],
            )
            .await?;
        if taken == 1 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn apply(db: &Db, holder: &str, migrations: &[Migration]) -> Result<Vec<i64>, DbError> {
    // Another node may have worked while this one waited for the lock.
    let from = check_applied(&applied(db).await?, migrations)?;
    let mut done = Vec::new();
    for migration in migrations.iter().filter(|m| m.version > from) {
        let input = (holder.to_owned(), *migration);
        db.write(input, |tx, (holder, migration)| {
            Box::pin(apply_one(tx, holder, migration))
        })
        .await?;
        tracing::info!(
            version = migration.version,
            name = migration.name,
            "migration applied"
        );
        done.push(migration.version);
    }
    Ok(done)
}

async fn apply_one(tx: &Tx, holder: &str, migration: &Migration) -> Result<(), DbError> {
    let now = now_ms();
    // Locks the row until the end, however long the migration takes.
    let held = tx
        .execute(
            "UPDATE schema_lock SET lease_until = $2 WHERE id = 1 AND holder = $1",
            args![holder, now + LEASE_MS],
        )
        .await?;
    if held != 1 {
        return Err(DbError::Other(
            "another node took over the migration".to_owned(),
        ));
    }
    tx.batch(&sql::expand_types(migration.sql, tx.engine()))
        .await?;
    tx.execute(
        "INSERT INTO schema_migration(version, name, sha256, applied_at) VALUES ($1, $2, $3, $4)",
        args![
            migration.version,
            migration.name,
            sha256(migration.sql),
            now
        ],
    )
    .await?;
    Ok(())
}

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    hash.as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a lease between programs, not a decision"
)]
fn now_ms() -> i64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
