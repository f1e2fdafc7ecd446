//! What the rest of the crate sees of SQLite.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::connection::{Connection, Mode, error, with_current};
use super::writer::{self, Body, Job, poll_once};
use crate::stats::Counters;
use crate::tx::{Args, Sql};
use crate::{DbError, Row, Tx};

/// Callers wait when so many bodies are queued.
const QUEUE: usize = 1024;

pub(crate) struct Sqlite {
    path: PathBuf,
    counters: Arc<Counters>,
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
    reading: Arc<Semaphore>,
}

/// Idle read-only connections; the most recently used, with the warmest cache, first.
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    keep: usize,
}

impl Readers {
    fn take(&self) -> Result<Connection, DbError> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        idle.map_or_else(|| Connection::open(&self.path, Mode::Read), Ok)
    }

    fn put(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.keep {
            idle.push(connection);
        }
    }
}

impl Sqlite {
    pub(crate) fn open(path: &Path, pool: usize, counters: Arc<Counters>) -> Result<Self, DbError> {
        if path.as_os_str().is_empty() || path.as_os_str() == ":memory:" {
            return Err(DbError::Other(
                "sqlite: needs the path of a file".to_owned(),
            ));
        }
        create_private(path)?;
        let connection = Connection::open(path, Mode::Write)?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let thread_counters = Arc::clone(&counters);
        let writer = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || writer::run(connection, receiver, &thread_counters))
            .map_err(|e| DbError::Unavailable(format!("no thread for the writer: {e}")))?;
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let readers = pool.clamp(1, cores * 2);
        Ok(Self {
            path: path.to_owned(),
            counters,
            queue: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(writer)),
            readers: Arc::new(Readers {
                path: path.to_owned(),
                idle: Mutex::default(),
                keep: readers + cores,
            }),
            reading: Arc::new(Semaphore::new(readers)),
        })
    }

    fn sender(&self) -> Result<mpsc::Sender<Box<dyn Job>>, DbError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.clone().ok_or_else(closed)
    }

    pub(crate) async fn write<I, T, E, F>(&self, input: I, body: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Body {
            input,
            body,
            outcome: None,
            caller,
        });
        if self.sender()?.send(job).await.is_err() {
            return Err(closed().into());
        }
        answer.await.unwrap_or_else(|_| Err(closed().into()))
    }

    pub(crate) async fn read<I, T, E, F>(&self, input: I, body: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let Ok(permit) = Arc::clone(&self.reading).acquire_owned().await else {
            return Err(closed().into());
        };
        let readers = Arc::clone(&self.readers);
        let counters = Arc::clone(&self.counters);
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let connection = readers.take()?;
            connection.control("BEGIN")?;
            let (connection, outcome) = with_current(connection, || {
                poll_once(&Tx::sqlite(counters), &input, &body)
            });
            if let Some(connection) = connection
                && connection.control("ROLLBACK").is_ok()
            {
                readers.put(connection);
            }
            outcome
        });
        task.await.unwrap_or_else(|_| Err(closed().into()))
    }

    /// One query on the calling thread.
    pub(crate) fn query(&self, sql: Sql<'_>, args: &Args) -> Result<Vec<Row>, DbError> {
        if self.reading.is_closed() {
            return Err(closed());
        }
        let connection = self.readers.take()?;
        let result = connection.fetch(sql, args);
        self.readers.put(connection);
        result
    }

    pub(crate) async fn execute(&self, sql: Sql<'static>, args: Args) -> Result<u64, DbError> {
        self.write((sql, args), |tx, (sql, args)| {
            Box::pin(tx.run_execute(*sql, args))
        })
        .await
    }

    pub(crate) async fn statement(
        &self,
        sql: Sql<'static>,
        args: Args,
    ) -> Result<Vec<Row>, DbError> {
        self.write((sql, args), |tx, (sql, args)| {
            Box::pin(tx.run_fetch(*sql, args))
        })
        .await
    }

    pub(crate) async fn backup(&self, to: &Path) -> Result<(), DbError> {
        let (from, to) = (self.path.clone(), to.to_owned());
        let task = tokio::task::spawn_blocking(move || backup(&from, &to));
        task.await
            .unwrap_or_else(|_| Err(DbError::Other("the backup broke off".to_owned())))
    }

    pub(crate) async fn close(&self) {
        // Without senders the writer ends once its queue is empty.
        drop(
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        self.reading.close();
        self.readers
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        }
    }

    pub(crate) fn ping(&self) -> Result<(), DbError> {
        if self.sender()?.is_closed() {
            return Err(closed());
        }
        self.query(Sql::Static("SELECT 1"), &Vec::new().into())
            .map(|_| ())
    }
}

fn closed() -> DbError {
    DbError::Unavailable("it is closed".to_owned())
}

/// The file and, by SQLite's rule, its companions are for this user only.
fn create_private(path: &Path) -> Result<(), DbError> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(e) => Err(DbError::Unavailable(format!("{}: {e}", path.display()))),
    }
}

fn backup(from: &Path, to: &Path) -> Result<(), DbError> {
    let io =
        |what: &Path, e: &std::io::Error| DbError::Unavailable(format!("{}: {e}", what.display()));
    if to.exists() {
        return Err(DbError::Other(format!("{} exists", to.display())));
    }
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let _ = std::fs::remove_file(&part);
    create_private(&part)?;
    let source = Connection::open(from, Mode::Read)?;
    let run = || -> rusqlite::Result<()> {
        let mut target = rusqlite::Connection::open(&part)?;
        // In one step: a snapshot of one moment, and writers need not wait in WAL mode.
        rusqlite::backup::Backup::new(&source.raw, &mut target)?.step(-1)?;
        // One file, complete by itself.
        target.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(())
    };
    run().map_err(|e| error(&e, "backup"))?;
    std::fs::File::open(&part)
        .and_then(|f| f.sync_all())
        .map_err(|e| io(&part, &e))?;
    std::fs::rename(&part, to).map_err(|e| io(to, &e))
}
