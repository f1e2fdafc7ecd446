//! Jobs: rows that a worker leases. Enqueued in the transaction of the change that wants them
//! (outbox); claimed by one worker; fenced by the attempt number, so that a worker whose lease
//! ran out cannot overwrite what its successor does.
//!
//! The table `job` is made by the first migration.

use futures_util::future::BoxFuture;
use uuid::{NoContext, Timestamp, Uuid};

use crate::{Db, DbError, Engine, Tx, Value, args};

/// Work to be done at `due_at` or later.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub kind: &'static str,
    /// While a job of this kind with this key waits or runs, another is not made.
    pub dedup_key: Option<String>,
    /// JSON. No secrets: it is shown to administrators.
    pub payload: String,
    pub due_at: i64,
    pub now: i64,
}

/// A job that this worker holds until its lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    pub id: String,
    pub kind: String,
    pub payload: String,
    /// From 1. A job that kills its worker comes back with a higher number.
    pub attempt: i64,
}

/// Whether a report about a job was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Settled {
    Recorded,
    /// The job was cancelled, or another worker has it: nothing was written.
    Overtaken,
}

/// A transaction, or the database for a statement on its own.
pub trait Execute: sealed::Sealed + Sync {
    fn run(&self, sql: &'static str, args: Vec<Value>) -> BoxFuture<'_, Result<u64, DbError>>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for crate::Db {}
    impl Sealed for crate::Tx {}
}

impl Execute for Tx {
    fn run(&self, sql: &'static str, args: Vec<Value>) -> BoxFuture<'_, Result<u64, DbError>> {
        Box::pin(self.execute(sql, args))
    }
}

impl Execute for Db {
    fn run(&self, sql: &'static str, args: Vec<Value>) -> BoxFuture<'_, Result<u64, DbError>> {
        Box::pin(self.execute(sql, args))
    }
}

/// Makes a job; `None` if one with the same key waits or runs already.
pub async fn enqueue(tx: &Tx, job: NewJob) -> Result<Option<String>, DbError> {
    let id = new_id(job.now);
    let made = tx
        .execute(
            "INSERT INTO job(id, kind, dedup_key, payload, status, due_at, attempt, created_at, \
             updated_at) VALUES ($1, $2, $3, $4, 'waiting', $5, 0, $6, $6) ON CONFLICT DO NOTHING",
            args![
                &id,
                job.kind,
                job.dedup_key,
                job.payload,
                job.due_at,
                job.now
            ],
        )
        .await?;
    Ok((made == 1).then_some(id))
}

/// Takes up to `limit` due jobs of `kinds`, and those whose worker let its lease run out.
pub async fn claim(
    db: &Db,
    kinds: &[&str],
    worker: &str,
    now: i64,
    lease_ms: i64,
    limit: i64,
) -> Result<Vec<ClaimedJob>, DbError> {
    // Alike but for the lock clause, which SQLite with its single writer does not know.
    let sql = match db.engine() {
        Engine::Sqlite => {
            "WITH picked AS MATERIALIZED (SELECT id FROM job WHERE kind {ids} \
             AND ((status = 'waiting' AND due_at <= $1) OR (status = 'running' AND lease_until <= $1)) \
             ORDER BY due_at, id LIMIT $2) \
             UPDATE job SET status = 'running', attempt = attempt + 1, worker = $3, \
             lease_until = $4, updated_at = $1 WHERE id IN (SELECT id FROM picked) \
             RETURNING id, kind, payload, attempt, due_at"
        }
        Engine::Postgres => {
            "WITH picked AS MATERIALIZED (SELECT id FROM job WHERE kind {ids} \
             AND ((status = 'waiting' AND due_at <= $1) OR (status = 'running' AND lease_until <= $1)) \
             ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) \
             UPDATE job SET status = 'running', attempt = attempt + 1, worker = $3, \
             lease_until = $4, updated_at = $1 WHERE id IN (SELECT id FROM picked) \
             RETURNING id, kind, payload, attempt, due_at"
        }
    };
    let kinds = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = db
        .execute_returning_in(
            sql,
            kinds,
            args![now, limit, worker, now.saturating_add(lease_ms)],
        )
        .await?;
    // RETURNING promises no order.
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let job = ClaimedJob {
            id: row.text(0)?,
            kind: row.text(1)?,
            payload: row.text(2)?,
            attempt: row.i64(3)?,
        };
        jobs.push((row.i64(4)?, job));
    }
    jobs.sort_by(|(a_due, a), (b_due, b)| a_due.cmp(b_due).then_with(|| a.id.cmp(&b.id)));
    Ok(jobs.into_iter().map(|(_, job)| job).collect())
}

/// The job is done.
pub async fn complete<X: Execute>(on: &X, job: &ClaimedJob, now: i64) -> Result<Settled, DbError> {
    let sql = "UPDATE job SET status = 'done', lease_until = NULL, last_error = NULL, \
               updated_at = $3 WHERE id = $1 AND attempt = $2 AND status = 'running'";
    settle(on.run(sql, args![&job.id, job.attempt, now]).await)
}

/// The job failed in a way that a later try may mend.
pub async fn retry<X: Execute>(
    on: &X,
    job: &ClaimedJob,
    now: i64,
    due_at: i64,
    error: &str,
) -> Result<Settled, DbError> {
    let sql = "UPDATE job SET status = 'waiting', lease_until = NULL, last_error = $5, \
               due_at = $4, updated_at = $3 WHERE id = $1 AND attempt = $2 AND status = 'running'";
    settle(
        on.run(sql, args![&job.id, job.attempt, now, due_at, error])
            .await,
    )
}

/// The job failed for good.
pub async fn give_up<X: Execute>(
    on: &X,
    job: &ClaimedJob,
    now: i64,
    error: &str,
) -> Result<Settled, DbError> {
    let sql = "UPDATE job SET status = 'failed', lease_until = NULL, last_error = $4, \
               updated_at = $3 WHERE id = $1 AND attempt = $2 AND status = 'running'";
    settle(on.run(sql, args![&job.id, job.attempt, now, error]).await)
}

/// Holds the job longer; [`Settled::Overtaken`] tells the worker to stop.
pub async fn extend<X: Execute>(
    on: &X,
    job: &ClaimedJob,
    now: i64,
    lease_ms: i64,
) -> Result<Settled, DbError> {
    let sql = "UPDATE job SET lease_until = $4, updated_at = $3 \
               WHERE id = $1 AND attempt = $2 AND status = 'running'";
    settle(
        on.run(
            sql,
            args![&job.id, job.attempt, now, now.saturating_add(lease_ms)],
        )
        .await,
    )
}

/// Withdraws a job that waits or runs; a running worker learns it when it reports.
pub async fn cancel<X: Execute>(on: &X, id: &str, now: i64) -> Result<Settled, DbError> {
    let sql = "UPDATE job SET status = 'cancelled', lease_until = NULL, updated_at = $2 \
               WHERE id = $1 AND status IN ('waiting', 'running')";
    settle(on.run(sql, args![id, now]).await)
}

fn settle(changed: Result<u64, DbError>) -> Result<Settled, DbError> {
    Ok(if changed? == 1 {
        Settled::Recorded
    } else {
        Settled::Overtaken
    })
}

/// UUIDv7 of the given moment.
fn new_id(now_ms: i64) -> String {
    let ms = u64::try_from(now_ms).unwrap_or_default();
    let nanos = u32::try_from(ms % 1000 * 1_000_000).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, ms / 1000, nanos)).to_string()
}
