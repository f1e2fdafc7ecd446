//! What only PostgreSQL has: connections that break, and errors at connecting.

use super::SCHEMA;
use crate::testing::TempDb;
use crate::{Db, DbConfig, DbError, Engine, args};

#[tokio::test]
async fn connections_that_died_are_replaced_before_a_body_runs() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let other = Db::open(&DbConfig {
        url: temp.url().to_owned(),
        pool: 1,
    })
    .await
    .unwrap();
    let add = |id: &'static str| {
        temp.write(id, |tx, id| {
            Box::pin(async move {
                tx.execute("INSERT INTO counter(id, n) VALUES ($1, 0)", args![*id])
                    .await
            })
        })
    };
    let first: Result<u64, DbError> = add("a").await;
    assert_eq!(first, Ok(1));
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
    other.query_all(kill, args![]).await.unwrap();
    assert_eq!(add("b").await, Ok(1));
    temp.ping().await.unwrap();
}

#[tokio::test]
async fn connecting_in_vain_says_why_and_shows_no_password() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let missing = temp.url().replace("/t_", "/nowhere_");
    let error = Db::open(&DbConfig {
        url: missing,
        pool: 1,
    })
    .await
    .err()
    .unwrap()
    .to_string();
    assert!(error.contains("does not exist"), "{error}");

    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let config = DbConfig {
        url: format!("postgres://a:hunter2@127.0.0.1:{port}/d"),
        pool: 1,
    };
    let error = Db::open(&config).await.err().unwrap();
    assert!(error.is_unavailable(), "{error:?}");
    assert!(error.to_string().contains("refused"), "{error}");
    assert!(!format!("{error:?} {config:?}").contains("hunter2"));
}

#[tokio::test]
async fn values_the_server_rejects_are_not_in_the_error() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let sql = "SELECT CAST(CAST($1 AS TEXT) AS BIGINT)";
    let error = temp.query_all(sql, args!["hunter2"]).await.unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
    let error = temp
        .query_all("SELECT n FROM counter WHERE n = $1", args!["hunter2"])
        .await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("a text is given where int8 is expected"),
        "{error}"
    );
}
