//! What the rest of the crate sees of PostgreSQL.

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Timeouts,
};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_postgres::NoTls;

use super::connection::Connection;
use super::error::error;
use super::tls;
use crate::sql::Texts;
use crate::stats::Counters;
use crate::tx::{Args, Sql};
use crate::{DbError, Engine, Row, Tx};

/// How often a body is run at most. With full jitter, dozens of bodies that all want the same
/// row get through in fewer.
const TRIES: u32 = 24;
/// From this try on a body waits for its turn among all of this node that came so far, and competes only
/// with newcomers. On small tables PostgreSQL locks whole tables against reads, and everybody conflicts.
const LATE: u32 = 4;
/// Composed statements kept prepared.
const COMPOSED: usize = 64;
const CONNECT: Duration = Duration::from_secs(5);

const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const BEGIN_LOCKED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(crate) struct Postgres {
    shared: Arc<Shared>,
    counters: Arc<Counters>,
}

pub(crate) struct Shared {
    pool: Pool,
    texts: Mutex<Texts>,
    composed: Mutex<VecDeque<Box<str>>>,
    late: tokio::sync::Mutex<()>,
}

impl Shared {
    pub(crate) fn text(&self, sql: Sql<'_>) -> Arc<str> {
        self.texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(sql, Engine::Postgres)
    }

    /// Notes the use of a composed statement, and lets the server forget the one unused longest.
    pub(crate) fn remember(&self, source: &str) {
        let mut texts = self.composed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = texts.iter().position(|text| **text == *source);
        let text = known
            .and_then(|at| texts.remove(at))
            .unwrap_or_else(|| source.into());
        texts.push_back(text);
        if texts.len() > COMPOSED
            && let Some(oldest) = texts.pop_front()
        {
            self.pool.manager().statement_caches.remove(&oldest, &[]);
        }
    }
}

impl Postgres {
    pub(crate) async fn open(
        url: &str,
        size: usize,
        counters: Arc<Counters>,
    ) -> Result<Self, DbError> {
        let parts = tls::split_url(url);
        let mut config: tokio_postgres::Config = parts
            .url
            .parse()
            .map_err(|_| DbError::Other("the database URL cannot be read".to_owned()))?;
        config.application_name("tillsyn");
        config.connect_timeout(CONNECT);
        let options = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = if parts.tls {
            let connector = tls::connector(parts.roots.as_deref())?;
            Manager::from_config(config, connector, options)
        } else {
            Manager::from_config(config, NoTls, options)
        };
        let pool = Pool::builder(manager)
            .max_size(size.max(1))
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts {
                wait: Some(CONNECT),
                create: Some(CONNECT),
                recycle: Some(CONNECT),
            })
            .build()
            .map_err(|e| DbError::Other(format!("connection pool: {e}")))?;
        let shared = Shared {
            pool,
            texts: Mutex::default(),
            composed: Mutex::default(),
            late: tokio::sync::Mutex::default(),
        };
        let postgres = Self {
            shared: Arc::new(shared),
            counters,
        };
        postgres.ping().await?;
        Ok(postgres)
    }

    async fn client(&self) -> Result<Object, DbError> {
        self.shared.pool.get().await.map_err(|e| match e {
            PoolError::Timeout(_) => {
                DbError::Unavailable("no connection became free in time".to_owned())
            }
            PoolError::Backend(e) => match error(&e, "connect") {
                // A wrong password or database name is no passing trouble.
                other @ (DbError::Other(_) | DbError::Unavailable(_)) => other,
                _ => DbError::Unavailable("cannot connect to PostgreSQL".to_owned()),
            },
            _ => DbError::Unavailable("it is closed".to_owned()),
        })
    }

    async fn connection(&self) -> Result<Connection, DbError> {
        Ok(Connection::new(
            self.client().await?,
            Arc::clone(&self.shared),
        ))
    }

    /// A connection with an open transaction. A pooled connection may have died unnoticed; as
    /// long as nothing ran on it another one will do.
    async fn begin(&self, text: &'static str) -> Result<Connection, DbError> {
        let mut tries = self.shared.pool.status().size + 1;
        loop {
            let mut connection = self.connection().await?;
            match connection.begin(text).await {
                Err(DbError::Unavailable(_)) if tries > 0 => tries -= 1,
                result => return result.map(|()| connection),
            }
        }
    }

    pub(crate) async fn write<I, T, E, F>(&self, input: &I, body: &F) -> Result<T, E>
    where
        I: Send + Sync,
        T: Send,
        E: From<DbError> + Send,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        self.write_at(BEGIN_WRITE, input, body).await
    }

    pub(crate) async fn write_locked<I, T, E, F>(&self, input: &I, body: &F) -> Result<T, E>
    where
        I: Send + Sync,
        T: Send,
        E: From<DbError> + Send,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        self.write_at(BEGIN_LOCKED, input, body).await
    }

    async fn write_at<I, T, E, F>(&self, begin: &'static str, input: &I, body: &F) -> Result<T, E>
    where
        I: Send + Sync,
        T: Send,
        E: From<DbError> + Send,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        let mut tries = 1;
        let mut duplicates = 0;
        loop {
            // Before the snapshot is taken: one that waited for its turn would be out of date.
            let turn = match tries {
                LATE.. => Some(self.shared.late.lock().await),
                _ => None,
            };
            let run = self.run(begin, input, body).await;
            drop(turn);
            let error = match run {
                Run::Done(value) => {
                    Counters::add(&self.counters.transactions, 1);
                    Counters::add(&self.counters.commits, 1);
                    return Ok(value);
                }
                Run::Failed(error) => return Err(error),
                // The body may have looked for the key and not seen the other transaction's
                // row; now that it is committed the body will see it.
                Run::Duplicate(error) if duplicates > 0 => return Err(error),
                Run::Duplicate(error) => {
                    duplicates += 1;
                    error
                }
                Run::Conflict(error) => error,
            };
            if tries >= TRIES {
                return Err(error);
            }
            tokio::time::sleep(pause(tries)).await;
            tries += 1;
            Counters::add(&self.counters.retries, 1);
        }
    }

    pub(crate) async fn read<I, T, E, F>(&self, input: &I, body: &F) -> Result<T, E>
    where
        I: Send + Sync,
        T: Send,
        E: From<DbError> + Send,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        match self.run(BEGIN_READ, input, body).await {
            Run::Done(value) => Ok(value),
            Run::Failed(error) | Run::Conflict(error) | Run::Duplicate(error) => Err(error),
        }
    }

    async fn run<I, T, E, F>(&self, begin: &'static str, input: &I, body: &F) -> Run<T, E>
    where
        I: Send + Sync,
        T: Send,
        E: From<DbError> + Send,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    {
        let connection = match self.begin(begin).await {
            Ok(connection) => connection,
            Err(error) => return Run::Failed(error.into()),
        };
        let tx = Tx::postgres(connection, Arc::clone(&self.counters));
        let outcome = AssertUnwindSafe(async { body(&tx, input).await })
            .catch_unwind()
            .await;
        let (failed, conflict, duplicate) = (tx.is_failed(), tx.is_conflict(), tx.is_duplicate());
        let Some(mut connection) = tx.into_postgres() else {
            return Run::Failed(DbError::Aborted.into());
        };
        let error = match outcome {
            Ok(Ok(value)) if !failed => match connection.end("COMMIT").await {
                Ok(()) => return Run::Done(value),
                // The server has rolled back already.
                Err(DbError::Serialization) => return Run::Conflict(DbError::Serialization.into()),
                Err(error) => return Run::Failed(error.into()),
            },
            Ok(Ok(_)) => DbError::Aborted.into(),
            Ok(Err(error)) => error,
            Err(_) => {
                tracing::error!("a transaction body panicked and was rolled back");
                DbError::Panicked.into()
            }
        };
        // If this fails the connection is closed on drop, which rolls back too.
        let _ = connection.end("ROLLBACK").await;
        if conflict {
            Run::Conflict(error)
        } else if duplicate {
            Run::Duplicate(error)
        } else {
            Run::Failed(error)
        }
    }

    pub(crate) async fn fetch(&self, sql: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
        let mut tries = 1;
        loop {
            match self.connection().await?.fetch(sql, args).await {
                Err(DbError::Serialization) if tries < TRIES => self.pause(&mut tries).await,
                result => return result,
            }
        }
    }

    pub(crate) async fn execute(&self, sql: Sql<'_>, args: &Args) -> Result<u64, DbError> {
        let mut tries = 1;
        loop {
            match self.connection().await?.execute(sql, args).await {
                Err(DbError::Serialization) if tries < TRIES => self.pause(&mut tries).await,
                result => return result,
            }
        }
    }

    async fn pause(&self, tries: &mut u32) {
        tokio::time::sleep(pause(*tries)).await;
        *tries += 1;
        Counters::add(&self.counters.retries, 1);
    }

    pub(crate) async fn ping(&self) -> Result<(), DbError> {
        let mut tries = self.shared.pool.status().size + 1;
        loop {
            match self.connection().await?.batch("SELECT 1").await {
                Err(DbError::Unavailable(_)) if tries > 0 => tries -= 1,
                result => return result,
            }
        }
    }

    pub(crate) fn close(&self) {
        self.shared.pool.close();
    }
}

enum Run<T, E> {
    Done(T),
    Failed(E),
    /// Another transaction was in the way.
    Conflict(E),
    /// A duplicate key, perhaps from a concurrent transaction.
    Duplicate(E),
}

/// Full jitter: a random time below a bound that doubles up to 128 ms.
fn pause(tries: u32) -> Duration {
    let bound = 2_000_u64 << tries.min(6);
    let random = uuid::Uuid::new_v4().as_u64_pair().1;
    Duration::from_micros(random % bound)
}
