//! The data layer: one SQL text and one transaction body on SQLite and PostgreSQL.
//!
//! A transaction is a closure over [`Tx`]. On PostgreSQL it is awaited on a pooled connection; on
//! SQLite it is sent to the one writer thread, which runs up to 64 bodies in one `COMMIT` and
//! answers only afterwards. Hence the rules for a body:
//!
//! 1. It is re-runnable: no side effect but its statements. PostgreSQL repeats it on conflict.
//! 2. It awaits nothing but its [`Tx`] ([`DbError::Pending`] says so on SQLite).
//! 3. A failed statement spoils the transaction on both engines: it can only be rolled back.
//!    Use `ON CONFLICT`, do not catch [`DbError::Unique`] and go on.
//!
//! SQL is common to both engines: `$1` parameters, BIGINT, TEXT, `CAST(sum(x) AS BIGINT)`.

mod config;
mod db;
pub mod dump;
mod error;
pub mod fence;
pub mod jobs;
mod migrate;
mod postgres;
mod row;
mod sql;
mod sqlite;
mod stats;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod value;

pub use config::{DbConfig, Engine};
pub use db::Db;
pub use error::DbError;
pub use futures_util::future::BoxFuture;
pub use migrate::{MIGRATIONS, Migration, MigrationReport};
pub use row::Row;
pub use stats::DbStats;
pub use tx::Tx;
pub use value::Value;

#[cfg(test)]
mod tests;
