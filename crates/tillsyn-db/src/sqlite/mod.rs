//! SQLite: one writer thread with group commit, and a stack of read-only connections.
//!
//! The connection that a body uses stands in a thread-local of the thread that polls it, because
//! a reference to it could not be held by a future that must be `Send`.

mod connection;
mod handle;
mod writer;

pub(crate) use connection::{current_batch, current_execute, current_fetch, refuse_nul};
pub(crate) use handle::Sqlite;
