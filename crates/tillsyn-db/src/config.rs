//! Where the database is and which engine it is.

use crate::DbError;

/// The two engines behind the one SQL text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Its name in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// How to reach the database.
#[derive(Clone)]
pub struct DbConfig {
    /// `sqlite:path/to/file.sqlite` or `postgres://user@host:port/db?sslmode=…`.
    ///
    /// PostgreSQL: `sslmode=require`, `verify-ca` and `verify-full` all use TLS and check the
    /// server's certificate and name, against `sslrootcert=FILE` or the system's list.
    pub url: String,
    /// PostgreSQL: connections; SQLite: transactions that read at the same time.
    pub pool: usize,
}

impl Default for DbConfig {
    fn default() -> Self {
        Self {
            url: "sqlite:tillsyn.sqlite".to_owned(),
            pool: 16,
        }
    }
}

// The URL may hold a password.
impl std::fmt::Debug for DbConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DbConfig")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl DbConfig {
    /// The engine the URL asks for.
    pub fn engine(&self) -> Result<Engine, DbError> {
        if self.url.starts_with("sqlite:") {
            Ok(Engine::Sqlite)
        } else if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            Ok(Engine::Postgres)
        } else {
            Err(DbError::Other(
                "the database URL must begin with sqlite: or postgres://".to_owned(),
            ))
        }
    }
}
