use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::SCHEMA;
use crate::testing::TempDb;
use crate::{Db, DbConfig, DbError, Engine, args, fence};

const PUT: &str =
    "INSERT INTO counter(id, n) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = counter.n + 1";

async fn up(db: &Db) -> Result<(), DbError> {
    db.write_locked((), |tx, ()| Box::pin(fence::up_in(tx)))
        .await
}

async fn down(db: &Db) {
    let down = db.write_locked((), |tx, ()| Box::pin(fence::down_in(tx)));
    down.await.unwrap();
}

/// Another node, with connections of its own.
async fn node(temp: &TempDb) -> Db {
    let config = DbConfig {
        url: temp.url().to_owned(),
        pool: 4,
    };
    Db::open(&config).await.unwrap()
}

async fn counters(db: &Db) -> Vec<(String, i64)> {
    let sql = "SELECT id, n FROM counter ORDER BY id";
    let rows = db.query_all(sql, args![]).await.unwrap();
    let cells = rows.iter().map(|r| (r.text(0).unwrap(), r.i64(1).unwrap()));
    cells.collect()
}

async fn nobody_writes_behind_a_fence(engine: Engine) {
    const STATEMENTS: [&str; 4] = [
        "INSERT INTO counter(id, n) VALUES ('b', 1)",
        "UPDATE counter SET n = n + 1",
        "DELETE FROM counter WHERE id = 'a'",
        "INSERT INTO thing(id) VALUES ('t')",
    ];
    let temp = TempDb::new(engine, SCHEMA).await;
    let node = node(&temp).await;
    // Statements that are prepared already.
    node.execute(PUT, args!["a"]).await.unwrap();
    for _ in 0..2 {
        up(&temp).await.unwrap();
        let before = counters(&temp).await;
        assert_eq!(node.execute(PUT, args!["a"]).await, Err(DbError::Fenced));
        for sql in STATEMENTS {
            let refused = node.execute(sql, args![]).await;
            assert_eq!(refused, Err(DbError::Fenced), "{sql}");
            let refused: Result<(), DbError> = node
                .write(sql, |tx, sql| {
                    Box::pin(async move { tx.execute(sql, args![]).await.map(|_| ()) })
                })
                .await;
            assert_eq!(refused, Err(DbError::Fenced), "{sql}");
        }
        let many: Result<u64, DbError> = node
            .write_locked((), |tx, ()| {
                let rows = vec![args!["x", 1], args!["y", 1]];
                Box::pin(tx.insert_many("INSERT INTO counter(id, n)", 2, rows, ""))
            })
            .await;
        assert_eq!(many, Err(DbError::Fenced));
        assert_eq!(counters(&node).await, before);
        // Whoever put it up gets through, and it stays up.
        let through = temp.write_locked((), |tx, ()| {
            Box::pin(async move {
                fence::pass_in(tx).await?;
                tx.execute(PUT, args!["a"]).await?;
                fence::up_in(tx).await
            })
        });
        through.await.unwrap();
        assert_ne!(counters(&node).await, before);
        assert_eq!(node.execute(PUT, args!["a"]).await, Err(DbError::Fenced));
        up(&temp).await.unwrap();
        down(&temp).await;
        node.execute(PUT, args!["a"]).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_writes_behind_a_fence_on_sqlite() {
    nobody_writes_behind_a_fence(Engine::Sqlite).await;
}

#[tokio::test]
async fn nobody_writes_behind_a_fence_on_postgres() {
    nobody_writes_behind_a_fence(Engine::Postgres).await;
}

/// A transaction that stops in the middle until it is woken.
fn paused(
    node: &Db,
    first: &'static str,
) -> (
    Arc<[Notify; 2]>,
    tokio::task::JoinHandle<Result<(), DbError>>,
) {
    let bells = Arc::new([Notify::new(), Notify::new()]);
    let (node, input) = (node.clone(), (Arc::clone(&bells), first));
    let task = tokio::spawn(async move {
        node.write(input, |tx, (bells, first)| {
            Box::pin(async move {
                tx.fetch_all(first, args![]).await?;
                bells[0].notify_one();
                bells[1].notified().await;
                tx.execute(PUT, args!["late"]).await?;
                Ok(())
            })
        })
        .await
    });
    (bells, task)
}

#[tokio::test]
async fn a_transaction_that_began_before_the_fence_writes_nothing_behind_it() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let node = node(&temp).await;
    node.execute(PUT, args!["a"]).await.unwrap();
    // Its snapshot is older than the fence.
    let (bells, task) = paused(&node, "SELECT n FROM counter");
    bells[0].notified().await;
    up(&temp).await.unwrap();
    bells[1].notify_one();
    assert_eq!(task.await.unwrap(), Err(DbError::Fenced));
    assert_eq!(counters(&temp).await, [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn the_fence_waits_for_a_transaction_that_has_written() {
    let temp = TempDb::new(Engine::Postgres, SCHEMA).await;
    let node = node(&temp).await;
    node.execute(PUT, args!["a"]).await.unwrap();
    let (bells, task) = paused(&node, "UPDATE counter SET n = 7 WHERE id = 'a' RETURNING n");
    bells[0].notified().await;
    let db = temp.db();
    let mut going_up = tokio::spawn(async move { up(&db).await });
    let early = tokio::time::timeout(Duration::from_millis(300), &mut going_up).await;
    assert!(early.is_err(), "the fence is up over an open transaction");
    bells[1].notify_one();
    task.await.unwrap().unwrap();
    going_up.await.unwrap().unwrap();
    let kept = [("a".to_owned(), 7), ("late".to_owned(), 1)];
    assert_eq!(counters(&temp).await, kept);
    assert_eq!(node.execute(PUT, args!["a"]).await, Err(DbError::Fenced));
}
