//! Counters for benches and metrics.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What the data layer did since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DbStats {
    /// SQL statements, without BEGIN, SAVEPOINT and COMMIT.
    pub statements: u64,
    /// Transaction bodies that committed, and single writing statements.
    pub transactions: u64,
    /// COMMITs of writing transactions; on SQLite one serves a batch of bodies, each is one fsync.
    pub commits: u64,
    /// Bodies run again after a conflict (PostgreSQL).
    pub retries: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) statements: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) retries: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, n: u64) {
        counter.fetch_add(n, Relaxed);
    }

    pub(crate) fn read(&self) -> DbStats {
        DbStats {
            statements: self.statements.load(Relaxed),
            transactions: self.transactions.load(Relaxed),
            commits: self.commits.load(Relaxed),
            retries: self.retries.load(Relaxed),
        }
    }
}
