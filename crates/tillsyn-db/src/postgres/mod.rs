//! PostgreSQL: a pool, prepared statements, SERIALIZABLE bodies with bounded retry.

mod connection;
mod error;
mod handle;
mod param;
mod tls;

pub(crate) use connection::Connection;
pub(crate) use handle::Postgres;
