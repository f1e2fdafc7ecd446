//! What only PostgreSQL has: connections that break, and errors at connecting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use tokio::sync::Notify;

use super::SCHEMA;
use crate::testing::TempDb;
use crate::{Db, DbConfig, DbError, Engine, args, jobs};

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

/// On PostgreSQL a body may wait for something else; the tests below do, to fix the order.
struct Meeting {
    barrier: tokio::sync::Barrier,
    runs: AtomicU32,
}

#[tokio::test]
async fn write_skew_is_refused_when_both_have_read() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let sql = "INSERT INTO counter(id, n) VALUES ('a', 1), ('b', 1)";
    temp.execute(sql, args![]).await.unwrap();
    let barrier = tokio::sync::Barrier::new(2);
    let meeting = Arc::new(Meeting {
        barrier,
        runs: AtomicU32::new(0),
    });
    let leave = |id: &'static str| {
        temp.write((id, Arc::clone(&meeting)), |tx, (id, meeting)| {
            Box::pin(async move {
                let sql = "SELECT count(*) FROM counter WHERE n = 1";
                let here = tx.fetch_one(sql, args![]).await?.i64(0)?;
                if meeting.runs.fetch_add(1, SeqCst) < 2 {
                    meeting.barrier.wait().await;
                }
                if here < 2 {
                    return Ok(false);
                }
                tx.execute("UPDATE counter SET n = 0 WHERE id = $1", args![*id])
                    .await?;
                Ok::<_, DbError>(true)
            })
        })
    };
    let (a, b) = tokio::join!(leave("a"), leave("b"));
    assert!(a.unwrap() != b.unwrap());
    assert_eq!(meeting.runs.load(SeqCst), 3);
}

#[tokio::test]
async fn duplicate_key_is_tried_once_more() {
    // Another transaction may have made the row between our look and our insert.
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    temp.execute("INSERT INTO counter(id, n) VALUES ('0', 0)", args![])
        .await
        .unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    let second: Result<u64, DbError> = temp
        .write(Arc::clone(&runs), |tx, runs| {
            Box::pin(async move {
                let id = runs.fetch_add(1, SeqCst).to_string();
                tx.execute("INSERT INTO counter(id, n) VALUES ($1, 0)", args![id])
                    .await
            })
        })
        .await;
    assert_eq!(second, Ok(1));
    let always: Result<u64, DbError> = temp
        .write(Arc::clone(&runs), |tx, runs| {
            Box::pin(async move {
                runs.fetch_add(1, SeqCst);
                tx.execute("INSERT INTO counter(id, n) VALUES ('0', 0)", args![])
                    .await
            })
        })
        .await;
    assert!(always.unwrap_err().is_unique());
    assert_eq!(runs.load(SeqCst), 4);
}

#[tokio::test]
async fn transaction_of_a_caller_who_left_is_rolled_back() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let db = Db::open(&DbConfig {
        url: temp.url().to_owned(),
        pool: 1,
    })
    .await
    .unwrap();
    let reached = Arc::new(Notify::new());
    let task = tokio::spawn({
        let (db, reached) = (db.clone(), Arc::clone(&reached));
        async move {
            let never: Result<(), DbError> = db
                .write(reached, |tx, reached| {
                    Box::pin(async move {
                        tx.execute("INSERT INTO counter(id, n) VALUES ('left', 0)", args![])
                            .await?;
                        reached.notify_one();
                        std::future::pending().await
                    })
                })
                .await;
            never
        }
    });
    reached.notified().await;
    task.abort();
    assert!(task.await.is_err());
    // The pool has one connection: the next body must not find itself in the old transaction.
    let next: Result<u64, DbError> = db
        .write((), |tx, ()| {
            Box::pin(tx.execute("INSERT INTO counter(id, n) VALUES ('next', 0)", args![]))
        })
        .await;
    assert_eq!(next, Ok(1));
    let rows = temp
        .query_all("SELECT id FROM counter", args![])
        .await
        .unwrap();
    let ids: Vec<String> = rows.iter().map(|row| row.text(0).unwrap()).collect();
    assert_eq!(ids, ["next"]);
}

#[tokio::test]
async fn claim_passes_over_jobs_that_another_worker_is_claiming() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let sql = "INSERT INTO job(id, kind, payload, status, due_at, created_at, updated_at) \
               VALUES ('1', 'push', '{}', 'waiting', 1, 1, 1), ('2', 'push', '{}', 'waiting', 1, 1, 1)";
    temp.execute(sql, args![]).await.unwrap();
    let locked = Arc::new(Notify::new());
    let task = tokio::spawn({
        let (db, locked) = (temp.db(), Arc::clone(&locked));
        async move {
            let never: Result<(), DbError> = db
                .write(locked, |tx, locked| {
                    Box::pin(async move {
                        let lock = "SELECT id FROM job WHERE id = '1' FOR UPDATE";
                        tx.fetch_one(lock, args![]).await?;
                        locked.notify_one();
                        std::future::pending().await
                    })
                })
                .await;
            never
        }
    });
    locked.notified().await;
    let claim = jobs::claim(&temp, &["push"], "w", 10, 100, 10);
    let claimed = tokio::time::timeout(Duration::from_secs(5), claim)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        claimed
            .iter()
            .map(|job| job.id.as_str())
            .collect::<Vec<_>>(),
        ["2"]
    );
    task.abort();
}

/// A small table is read whole, so each commit overturns every other body that runs meanwhile; and on a busy
/// machine a body takes longer than the pauses between tries.
#[tokio::test]
async fn slow_bodies_that_conflict_come_through_in_turn() {
    const WORKERS: u32 = 8;
    const ROUNDS: u32 = 3;
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let most = AtomicU32::new(0);
    let workers = (0..WORKERS).map(|worker| {
        let (temp, most) = (&temp, &most);
        async move {
            for round in 0..ROUNDS {
                let tries = Arc::new(AtomicU32::new(0));
                let input = (format!("{worker}-{round}"), Arc::clone(&tries));
                let body = temp.write(input, |tx, (id, tries)| {
                    Box::pin(async move {
                        tries.fetch_add(1, SeqCst);
                        let sql = "SELECT count(*) FROM counter";
                        let n = tx.fetch_one(sql, args![]).await?.i64(0)?;
                        tokio::time::sleep(Duration::from_millis(100)).await;
                        let sql = "INSERT INTO counter(id, n) VALUES ($1, $2)";
                        tx.execute(sql, args![id, n]).await
                    })
                });
                let made: Result<u64, DbError> = body.await;
                assert_eq!(made, Ok(1));
                most.fetch_max(tries.load(SeqCst), SeqCst);
            }
        }
    });
    futures_util::future::join_all(workers).await;
    // Of those who wait for their turn one runs at a time; at most a newcomer's three tries each come between.
    assert!(most.load(SeqCst) <= 14, "{most:?} tries");
}
