//! The database handle.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::stats::Counters;
use crate::tx::{Args, Sql};
use crate::{
    DbConfig, DbError, DbStats, Engine, Migration, MigrationReport, Row, Tx, Value, migrate,
};

/// The database. Clones share connections and the writer.
#[derive(Clone)]
pub struct Db {
    backend: Backend,
    counters: Arc<Counters>,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Opens the database; makes the SQLite file if need be. Does not migrate.
    pub async fn open(config: &DbConfig) -> Result<Self, DbError> {
        let counters = Arc::new(Counters::default());
        let backend = match config.engine()? {
            Engine::Sqlite => {
                let path = config.url.strip_prefix("sqlite:").unwrap_or_default();
                let sqlite = Sqlite::open(Path::new(path), config.pool, Arc::clone(&counters))?;
                Backend::Sqlite(Arc::new(sqlite))
            }
            Engine::Postgres => Backend::Postgres(Arc::new(
                Postgres::open(&config.url, config.pool, Arc::clone(&counters)).await?,
            )),
        };
        Ok(Self { backend, counters })
    }

    pub fn engine(&self) -> Engine {
        match self.backend {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs `body` in a transaction that reads and writes, and answers after its COMMIT.
    ///
    /// The body captures nothing, everything comes in `input`; it may run several times. It is
    /// rolled back when it returns an error or panics. An error from the COMMIT itself that is
    /// [`DbError::Unavailable`] leaves open whether the work was kept.
    ///
    /// ```ignore
    /// db.write(id, |tx, id| Box::pin(async move {
    ///     tx.execute("DELETE FROM device WHERE id = $1", args![id]).await
    /// })).await
    /// ```
    pub async fn write<I, T, E, F>(&self, input: I, body: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(input, body).await,
            Backend::Postgres(postgres) => postgres.write(&input, &body).await,
        }
    }

    /// As [`Db::write`], for a hot body whose first statement locks the one row that all else hangs on
    /// (`FOR UPDATE`, on PostgreSQL only; SQLite has one writer anyway). PostgreSQL runs it READ COMMITTED:
    /// bodies of different rows never conflict, however few pages the tables have. Such a body must
    /// lock, or test in its `UPDATE`, every row that others change.
    pub async fn write_locked<I, T, E, F>(&self, input: I, body: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.write(input, body).await,
            Backend::Postgres(postgres) => postgres.write_locked(&input, &body).await,
        }
    }

    /// Runs `body` on a snapshot, read-only. A decision that is then written belongs into
    /// [`Db::write`]: nothing protects a snapshot from what is committed after it.
    pub async fn read<I, T, E, F>(&self, input: I, body: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.read(input, body).await,
            Backend::Postgres(postgres) => postgres.read(&input, &body).await,
        }
    }

    /// The first row of one hot query without a transaction. On SQLite it runs on the calling
    /// thread: for look-ups by an index, not for scans.
    pub async fn query_optional(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Option<Row>, DbError> {
        Ok(self.query_all(sql, args).await?.into_iter().next())
    }

    /// As [`Db::query_optional`] with all rows. Long lists belong into [`Db::read`].
    pub async fn query_all(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        Counters::add(&self.counters.statements, 1);
        let args = Args::from(args);
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.query(Sql::Static(sql), &args),
            Backend::Postgres(postgres) => postgres.fetch(Sql::Static(sql), &args).await,
        }
    }

    /// One hot writing statement on its own; the answer is the number of rows it changed.
    /// PostgreSQL runs it outside SERIALIZABLE: it must take its row locks itself.
    pub async fn execute(&self, sql: &'static str, args: Vec<Value>) -> Result<u64, DbError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.execute(Sql::Static(sql), args.into()).await,
            Backend::Postgres(postgres) => {
                Counters::add(&self.counters.statements, 1);
                Counters::add(&self.counters.transactions, 1);
                Counters::add(&self.counters.commits, 1);
                postgres.execute(Sql::Static(sql), &args.into()).await
            }
        }
    }

    /// As [`Db::execute`] for a statement with RETURNING.
    pub async fn execute_returning(
        &self,
        sql: &'static str,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        self.returning(Sql::Static(sql), args.into()).await
    }

    /// As [`Db::execute_returning`] with an `{ids}` list, see [`Tx::fetch_all_in`].
    pub async fn execute_returning_in(
        &self,
        sql: &'static str,
        ids: Vec<String>,
        args: Vec<Value>,
    ) -> Result<Vec<Row>, DbError> {
        let sql = Sql::WithIds(sql, args.len() + 1);
        self.returning(
            sql,
            Args {
                values: args,
                ids: Some(ids),
            },
        )
        .await
    }

    async fn returning(&self, sql: Sql<'static>, args: Args) -> Result<Vec<Row>, DbError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.statement(sql, args).await,
            Backend::Postgres(postgres) => {
                Counters::add(&self.counters.statements, 1);
                Counters::add(&self.counters.transactions, 1);
                Counters::add(&self.counters.commits, 1);
                postgres.fetch(sql, &args).await
            }
        }
    }

    /// Brings the schema up to the last of `migrations`.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<MigrationReport, DbError> {
        migrate::run(self, migrations).await
    }

    /// The version of the schema, changing nothing; 0 for an empty database. The same errors as
    /// [`Db::migrate`] for a schema that is newer than, or different from, `migrations`.
    pub async fn schema_version(&self, migrations: &[Migration]) -> Result<i64, DbError> {
        migrate::version(self, migrations).await
    }

    /// Writes a consistent copy of the SQLite database to `path`, which must not exist, while
    /// work goes on. [`crate::dump`] is for both engines.
    pub async fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), DbError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.backup(path.as_ref()).await,
            Backend::Postgres(_) => Err(DbError::Other(
                "back PostgreSQL up with its own tools (pg_dump)".to_owned(),
            )),
        }
    }

    /// Finishes queued writes and closes. Later calls answer [`DbError::Unavailable`].
    pub async fn close(&self) {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close(),
        }
    }

    /// True answers only: the writer lives, or the server replies.
    pub async fn ping(&self) -> Result<(), DbError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.ping(),
            Backend::Postgres(postgres) => postgres.ping().await,
        }
    }

    pub fn stats(&self) -> DbStats {
        self.counters.read()
    }
}
