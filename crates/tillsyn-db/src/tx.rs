//! The transaction as a body sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::stats::Counters;
use crate::value::Value;
use crate::{DbError, Engine, Row, postgres, sqlite};

/// An open transaction. On SQLite only a token: the connection belongs to the thread that runs
/// the body.
pub struct Tx {
    backend: Backend,
    counters: Arc<Counters>,
    /// A statement failed, so nothing of this transaction may be committed.
    failed: AtomicBool,
    /// The failure was a conflict with another transaction.
    conflict: AtomicBool,
    /// The failure was a duplicate key, perhaps one that a concurrent transaction just made.
    duplicate: AtomicBool,
}

enum Backend {
    Sqlite,
    Postgres(Box<postgres::Connection>),
}

/// Statement text with the way to cache it.
#[derive(Clone, Copy)]
pub(crate) enum Sql<'a> {
    /// Cached by address.
    Static(&'static str),
    /// `{ids}` stands for parameter `n`, a list; cached by address.
    WithIds(&'static str, usize),
    /// Cached by address and shape.
    Values(Values),
    /// Composed from static fragments; few are kept.
    Composed(&'a str),
}

impl Sql<'_> {
    /// What errors may quote.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Static(text) | Self::WithIds(text, _) => text,
            Self::Values(values) => values.prefix,
            Self::Composed(_) => "(composed statement)",
        }
    }
}

/// `prefix VALUES (…), (…) suffix`.
#[derive(Clone, Copy)]
pub(crate) struct Values {
    pub(crate) prefix: &'static str,
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    pub(crate) suffix: &'static str,
}

/// Parameters; a list of ids is always the last.
pub(crate) struct Args {
    pub(crate) values: Vec<Value>,
    pub(crate) ids: Option<Vec<String>>,
}

impl From<Vec<Value>> for Args {
    fn from(values: Vec<Value>) -> Self {
        Self { values, ids: None }
    }
}

impl Tx {
    pub(crate) fn sqlite(counters: Arc<Counters>) -> Self {
        Self::new(Backend::Sqlite, counters)
    }

    pub(crate) fn postgres(connection: postgres::Connection, counters: Arc<Counters>) -> Self {
        Self::new(Backend::Postgres(Box::new(connection)), counters)
    }

    fn new(backend: Backend, counters: Arc<Counters>) -> Self {
        Self {
            backend,
            counters,
            failed: AtomicBool::new(false),
            conflict: AtomicBool::new(false),
            duplicate: AtomicBool::new(false),
        }
    }

    /// The engine, for the few statements that differ.
    pub fn engine(&self) -> Engine {
        match self.backend {
            Backend::Sqlite => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a statement that returns no rows; the answer is the number of rows it changed.
    pub async fn execute(&self, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
        self.run_execute(Sql::Static(sql), &args.into()).await
    }

    pub async fn fetch_all(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        self.run_fetch(Sql::Static(sql), &args.into()).await
    }

    /// The first row, if there is one.
    pub async fn fetch_optional(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, DbError> {
        Ok(self.fetch_all(sql, args).await?.into_iter().next())
    }

    /// The first row; [`DbError::NotFound`] if there is none.
    pub async fn fetch_one(&self, sql: &'static str, args: Vec<Value>) -> Result<Row, DbError> {
        self.fetch_optional(sql, args)
            .await?
            .ok_or(DbError::NotFound)
    }

    /// For list queries that one builder composes from static fragments. Values are always bound.
    pub async fn fetch_all_dyn(&self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.run_fetch(Sql::Composed(sql), &args.into()).await
    }

    /// `… WHERE id {ids} AND kind = $1`: `{ids}` becomes "is one of `ids`". The list takes the
    /// parameter number after the last of `args`.
    pub async fn fetch_all_in(
        &self,
        sql: &'static str,
        ids: Vec<String>,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        let sql = Sql::WithIds(sql, args.len() + 1);
        self.run_fetch(
            sql,
            &Args {
                values: args,
                ids: Some(ids),
            },
        )
        .await
    }

    /// As [`Tx::fetch_all_in`], for a statement that returns no rows.
    pub async fn execute_in(
        &self,
        sql: &'static str,
        ids: Vec<String>,
        args: Vec<Value>,
    ) -> Result<u64, DbError> {
        let sql = Sql::WithIds(sql, args.len() + 1);
        self.run_execute(
            sql,
            &Args {
                values: args,
                ids: Some(ids),
            },
        )
        .await
    }

    /// Inserts many rows in few statements: `prefix` is `INSERT INTO t(a, b)`, `suffix` is empty
    /// or `ON CONFLICT …`. Two rows of one call must not conflict with one another.
    pub async fn insert_many(
        &self,
        prefix: &'static str,
        columns: usize,
        rows: Vec<Vec<Value>>,
        suffix: &'static str,
    ) -> Result<u64, DbError> {
        if let Some(row) = rows.iter().find(|row| row.len() != columns) {
            return Err(DbError::Other(format!(
                "insert_many: a row has {} values for {columns} columns",
                row.len()
            )));
        }
        // SQLite has no round trip to save, so the one-row statement is as fast as any.
        // PostgreSQL gets chunks of powers of two: few different statements to prepare.
        let largest = match self.backend {
            Backend::Sqlite => 1,
            Backend::Postgres(_) => 256,
        };
        let mut changed = 0;
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let mut chunk = largest;
            while chunk > left {
                chunk /= 2;
            }
            let sql = Sql::Values(Values {
                prefix,
                columns,
                rows: chunk,
                suffix,
            });
            let args: Vec<Value> = rows.by_ref().take(chunk).flatten().collect();
            changed += self.run_execute(sql, &args.into()).await?;
            left -= chunk;
        }
        Ok(changed)
    }

    pub(crate) async fn run_execute(&self, sql: Sql<'_>, args: &Args) -> Result<u64, DbError> {
        self.before()?;
        let result = match &self.backend {
            Backend::Sqlite => sqlite::current_execute(sql, args),
            Backend::Postgres(connection) => connection.execute(sql, args).await,
        };
        self.after(result)
    }

    pub(crate) async fn run_fetch(&self, sql: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
        self.before()?;
        let result = match &self.backend {
            Backend::Sqlite => sqlite::current_fetch(sql, args),
            Backend::Postgres(connection) => connection.fetch(sql, args).await,
        };
        self.after(result)
    }

    /// Several statements without parameters, for migrations.
    pub(crate) async fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.before()?;
        let result = match &self.backend {
            Backend::Sqlite => sqlite::current_batch(sql),
            Backend::Postgres(connection) => connection.batch(sql).await,
        };
        self.after(result)
    }

    fn before(&self) -> Result<(), DbError> {
        // PostgreSQL refuses by itself; SQLite must not be more lenient, or a body that passes
        // here would lose its work there.
        if self.failed.load(Relaxed) {
            return Err(DbError::Aborted);
        }
        Counters::add(&self.counters.statements, 1);
        Ok(())
    }

    fn after<T>(&self, result: Result<T, DbError>) -> Result<T, DbError> {
        if let Err(error) = &result {
            self.failed.store(true, Relaxed);
            match error {
                DbError::Serialization => self.conflict.store(true, Relaxed),
                DbError::Unique { .. } => self.duplicate.store(true, Relaxed),
                _ => {}
            }
        }
        result
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.failed.load(Relaxed)
    }

    pub(crate) fn is_conflict(&self) -> bool {
        self.conflict.load(Relaxed)
    }

    pub(crate) fn is_duplicate(&self) -> bool {
        self.duplicate.load(Relaxed)
    }

    pub(crate) fn into_postgres(self) -> Option<postgres::Connection> {
        match self.backend {
            Backend::Sqlite => None,
            Backend::Postgres(connection) => Some(*connection),
        }
    }
}
