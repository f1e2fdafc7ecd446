//! The writer thread: many bodies, one COMMIT.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Connection, current, with_current};
use crate::stats::Counters;
use crate::{DbError, Tx};

/// More bodies in one COMMIT gain nothing.
const BATCH: usize = 64;
/// After this the batch is committed even if more bodies wait: they are answered together.
const BATCH_TIME: Duration = Duration::from_millis(20);

/// A body with its input and the caller who waits for it.
pub(crate) trait Job: Send {
    /// Whether the caller still waits.
    fn is_wanted(&self) -> bool;
    /// Runs the body and keeps its outcome; true if it is to be committed.
    fn run(&mut self, tx: &Tx) -> bool;
    /// Tells the caller, after COMMIT.
    fn answer(self: Box<Self>, commit: &Result<(), DbError>);
}

pub(crate) struct Body<I, T, E, F> {
    pub(crate) input: I,
    pub(crate) body: F,
    pub(crate) outcome: Option<Result<T, E>>,
    pub(crate) caller: oneshot::Sender<Result<T, E>>,
}

impl<I, T, E, F> Job for Body<I, T, E, F>
where
    I: Send + Sync,
    T: Send,
    E: From<DbError> + Send,
    F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
{
    fn is_wanted(&self) -> bool {
        !self.caller.is_closed()
    }

    fn run(&mut self, tx: &Tx) -> bool {
        let outcome = poll_once(tx, &self.input, &self.body);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, commit: &Result<(), DbError>) {
        let outcome = match commit {
            Ok(()) => self.outcome.unwrap_or_else(|| Err(not_run().into())),
            Err(error) => Err(error.clone().into()),
        };
        // The caller may have gone away meanwhile; the work is committed all the same.
        let _ = self.caller.send(outcome);
    }
}

fn not_run() -> DbError {
    DbError::Unavailable("the transaction was not run".to_owned())
}

/// Every statement is ready at once, so one poll runs a whole body that keeps the rules.
pub(crate) fn poll_once<I, T, E, F>(tx: &Tx, input: &I, body: &F) -> Result<T, E>
where
    E: From<DbError>,
    F: for<'t> Fn(&'t Tx, &'t I) -> BoxFuture<'t, Result<T, E>>,
{
    let polled = catch_unwind(AssertUnwindSafe(|| {
        body(tx, input)
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }));
    match polled {
        Ok(Poll::Ready(Ok(_))) if tx.is_failed() => Err(DbError::Aborted.into()),
        Ok(Poll::Ready(outcome)) => outcome,
        Ok(Poll::Pending) => Err(DbError::Pending.into()),
        Err(panic) => {
            report_panic(&*panic);
            Err(DbError::Panicked.into())
        }
    }
}

/// The message is not logged: it may quote what the body was working on.
pub(crate) fn report_panic(_: &(dyn Any + Send)) {
    tracing::error!("a transaction body panicked and was rolled back");
}

/// Runs until every sender is gone.
pub(crate) fn run(
    connection: Connection,
    mut queue: mpsc::Receiver<Box<dyn Job>>,
    counters: &Arc<Counters>,
) {
    let (connection, ()) = with_current(connection, || {
        let mut received = Vec::with_capacity(BATCH);
        let mut waiting = VecDeque::with_capacity(BATCH);
        loop {
            if waiting.is_empty() {
                if queue.blocking_recv_many(&mut received, BATCH) == 0 {
                    return;
                }
            } else {
                while waiting.len() + received.len() < BATCH
                    && let Ok(job) = queue.try_recv()
                {
                    received.push(job);
                }
            }
            waiting.extend(received.drain(..).filter(|job| job.is_wanted()));
            if !waiting.is_empty() {
                batch(&mut waiting, counters);
            }
        }
    });
    if let Some(connection) = connection {
        let checkpoint =
            connection
                .raw
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if checkpoint.is_err() {
            tracing::warn!(
                "the write-ahead log could not be emptied; it is read at the next start"
            );
        }
    }
}

/// Takes bodies from `waiting`, commits them together and only then answers.
fn batch(waiting: &mut VecDeque<Box<dyn Job>>, counters: &Arc<Counters>) {
    let mut done = Vec::with_capacity(waiting.len());
    let commit = begin_and_run(waiting, &mut done, counters);
    if let Err(error) = &commit {
        tracing::error!(batch = done.len(), %error, "the database refused a batch of transactions");
    }
    for job in done {
        job.answer(&commit);
    }
}

fn begin_and_run(
    waiting: &mut VecDeque<Box<dyn Job>>,
    done: &mut Vec<Box<dyn Job>>,
    counters: &Arc<Counters>,
) -> Result<(), DbError> {
    // A deferred BEGIN that later writes fails at once with SQLITE_BUSY, whatever the timeout.
    if let Err(error) = control("BEGIN IMMEDIATE") {
        done.extend(waiting.drain(..));
        return Err(error);
    }
    let started = Instant::now();
    let alone = waiting.len() == 1;
    let mut kept = 0;
    let mut result = Ok(());
    while let Some(mut job) = waiting.pop_front() {
        result = run_in_savepoint(job.as_mut(), alone, counters, &mut kept);
        done.push(job);
        if result.is_err() || started.elapsed() > BATCH_TIME {
            break;
        }
    }
    if result.is_ok() {
        result = control(if kept > 0 { "COMMIT" } else { "ROLLBACK" });
    }
    if result.is_ok() {
        Counters::add(&counters.transactions, kept);
        Counters::add(&counters.commits, u64::from(kept > 0));
    } else if in_transaction() {
        // The error that led here is the one to tell.
        let _ = control("ROLLBACK");
    }
    result
}

/// An error means that the whole batch is lost, not that the body failed.
fn run_in_savepoint(
    job: &mut dyn Job,
    alone: bool,
    counters: &Arc<Counters>,
    kept: &mut u64,
) -> Result<(), DbError> {
    if !alone {
        control("SAVEPOINT body")?;
    }
    let keep = job.run(&Tx::sqlite(Arc::clone(counters)));
    // On a full disk and the like SQLite rolls the transaction back by itself.
    if !in_transaction() {
        return Err(DbError::Unavailable(
            "the transaction was rolled back by SQLite".to_owned(),
        ));
    }
    *kept += u64::from(keep);
    if alone {
        return Ok(());
    }
    if !keep {
        control("ROLLBACK TO body")?;
    }
    control("RELEASE body")
}

fn control(text: &'static str) -> Result<(), DbError> {
    current(|connection| connection.control(text))
}

fn in_transaction() -> bool {
    current(|connection| Ok(!connection.raw.is_autocommit())).unwrap_or(false)
}
