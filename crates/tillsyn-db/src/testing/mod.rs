//! Temporary databases for tests, on both engines alike. A missing PostgreSQL fails the test.

mod server;

use std::time::Duration;

use crate::{Db, DbConfig, Engine, MIGRATIONS, Migration};

/// A fresh, migrated database that is removed on drop.
pub struct TempDb {
    db: Db,
    url: String,
    place: Place,
}

enum Place {
    File(#[expect(dead_code, reason = "removes the folder on drop")] tempfile::TempDir),
    Server(String),
}

impl TempDb {
    /// SQLite with the program's schema.
    pub async fn sqlite() -> Self {
        Self::new(Engine::Sqlite, MIGRATIONS).await
    }

    /// PostgreSQL with the program's schema.
    pub async fn postgres() -> Self {
        Self::new(Engine::Postgres, MIGRATIONS).await
    }

    pub async fn new(engine: Engine, migrations: &[Migration]) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = must(tempfile::tempdir(), "temporary folder");
                let url = format!("sqlite:{}", folder.path().join("test.sqlite").display());
                let db = open(&url).await;
                must(db.migrate(migrations).await, "migrate");
                Self {
                    db,
                    url,
                    place: Place::File(folder),
                }
            }
            Engine::Postgres => {
                let name = server::create_database(migrations).await;
                let url = server::url(&name);
                Self {
                    db: open(&url).await,
                    url,
                    place: Place::Server(name),
                }
            }
        }
    }

    pub fn db(&self) -> Db {
        self.db.clone()
    }

    /// For another process, or a second [`Db`] as another node has it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl std::ops::Deref for TempDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for TempDb {
    fn drop(&mut self) {
        if let Place::Server(name) = &self.place {
            server::drop_database(name);
        }
    }
}

async fn open(url: &str) -> Db {
    let config = DbConfig {
        url: url.to_owned(),
        pool: 8,
    };
    must(Db::open(&config).await, "open the temporary database")
}

/// Waits for `done`, at most ten seconds.
fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("temporary PostgreSQL: {what} took more than a minute");
}

fn must<T, E: std::fmt::Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}

/// Runs one async test body on SQLite and on PostgreSQL, as `name::sqlite` and `name::postgres`.
///
/// `both_engines!(finds_a_device, |db| async move { … });`, with other migrations than the
/// program's as `both_engines!(name, MIGRATIONS_HERE, |db| async move { … });`
#[macro_export]
macro_rules! both_engines {
    ($name:ident, |$db:ident| $body:expr) => {
        $crate::both_engines!($name, $crate::MIGRATIONS, |$db| $body);
    };
    ($name:ident, $migrations:expr, |$db:ident| $body:expr) => {
        async fn $name(engine: $crate::Engine) {
            let temp = $crate::testing::TempDb::new(engine, $migrations).await;
            let $db: $crate::Db = temp.db();
            let () = $body.await;
        }

        mod $name {
            #[tokio::test]
            async fn sqlite() {
                super::$name($crate::Engine::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                super::$name($crate::Engine::Postgres).await;
            }
        }
    };
}
