//! What only SQLite has: the batch, the one poll, the file.

use futures_util::future::join_all;

use super::SCHEMA;
use crate::testing::TempDb;
use crate::{Db, DbConfig, DbError, Engine, args};

#[tokio::test]
async fn body_that_awaits_anything_else_is_told_the_rule() {
    let db = TempDb::new(Engine::Sqlite, SCHEMA).await;
    let pending: Result<(), DbError> = db
        .write((), |tx, ()| {
            Box::pin(async move {
                tx.execute("INSERT INTO counter(id, n) VALUES ('a', 0)", args![])
                    .await?;
                tokio::task::yield_now().await;
                Ok(())
            })
        })
        .await;
    assert_eq!(pending, Err(DbError::Pending));
    let sql = "SELECT n FROM counter";
    assert!(db.query_optional(sql, args![]).await.unwrap().is_none());
}

#[tokio::test]
async fn waiting_bodies_share_a_commit() {
    let db = TempDb::new(Engine::Sqlite, SCHEMA).await;
    let before = db.stats();
    let bodies = (0..256).map(|i| {
        db.execute(
            "INSERT INTO counter(id, n) VALUES ($1, 0)",
            args![format!("c{i}")],
        )
    });
    for result in join_all(bodies).await {
        result.unwrap();
    }
    let after = db.stats();
    assert_eq!(after.transactions - before.transactions, 256);
    assert!(after.commits - before.commits < 128, "{after:?}");
}

#[tokio::test]
async fn failed_commit_fails_every_body_of_the_batch() {
    let db = TempDb::new(Engine::Sqlite, SCHEMA).await;
    // A deferred foreign key is checked by COMMIT, not by the statement.
    db.execute("INSERT INTO thing(id) VALUES ('t')", args![])
        .await
        .unwrap();
    let sql = "CREATE TABLE child (id TEXT REFERENCES thing(id) DEFERRABLE INITIALLY DEFERRED)";
    db.execute(sql, args![]).await.unwrap();
    let bodies = (0..10).map(|i| {
        let parent = if i == 5 { "nobody" } else { "t" };
        db.execute("INSERT INTO child(id) VALUES ($1)", args![parent])
    });
    let results = join_all(bodies).await;
    let failed = results.iter().filter(|result| result.is_err()).count();
    let row = db
        .query_optional("SELECT count(*) FROM child", args![])
        .await
        .unwrap();
    let kept = row.unwrap().i64(0).unwrap();
    // How many share the batch of the bad one depends on the moment; answers and rows agree.
    assert!(failed >= 1);
    assert_eq!(usize::try_from(kept).unwrap(), 10 - failed);
    db.execute("INSERT INTO child(id) VALUES ('t')", args![])
        .await
        .unwrap();
}

#[tokio::test]
async fn committed_rows_are_there_after_reopening() {
    let temp = TempDb::new(Engine::Sqlite, SCHEMA).await;
    temp.execute("INSERT INTO counter(id, n) VALUES ('a', 1)", args![])
        .await
        .unwrap();
    temp.close().await;
    let config = DbConfig {
        url: temp.url().to_owned(),
        ..DbConfig::default()
    };
    let db = Db::open(&config).await.unwrap();
    let row = db
        .query_optional("SELECT n FROM counter WHERE id = 'a'", args![])
        .await
        .unwrap();
    assert_eq!(row.unwrap().i64(0).unwrap(), 1);
}

#[tokio::test]
async fn backup_is_complete_while_writes_go_on() {
    let temp = TempDb::new(Engine::Sqlite, SCHEMA).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.sqlite");
    let add = |i: i64| {
        let db = temp.db();
        async move {
            // Both rows or none: a torn copy would show.
            let body: Result<(), DbError> = db
                .write(i, |tx, i| {
                    Box::pin(async move {
                        let sql = "INSERT INTO counter(id, n) VALUES ($1, 1)";
                        tx.execute(sql, args![format!("a{i}")]).await?;
                        tx.execute(sql, args![format!("b{i}")]).await?;
                        Ok(())
                    })
                })
                .await;
            body.unwrap();
        }
    };
    for i in 0..50 {
        add(i).await;
    }
    let (backup, _) = tokio::join!(temp.backup_to(&to), join_all((50..100).map(add)));
    backup.unwrap();
    let copy = Db::open(&DbConfig {
        url: format!("sqlite:{}", to.display()),
        pool: 1,
    })
    .await;
    let row = copy
        .unwrap()
        .query_optional("SELECT count(*) FROM counter", args![])
        .await
        .unwrap();
    let rows = row.unwrap().i64(0).unwrap();
    assert!((100..=200).contains(&rows) && rows % 2 == 0, "{rows}");
    assert!(
        temp.backup_to(&to).await.is_err(),
        "an existing file is not overwritten"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let temp = TempDb::new(Engine::Sqlite, SCHEMA).await;
    let path = temp.url().strip_prefix("sqlite:").unwrap().to_owned();
    for file in [path.clone(), format!("{path}-wal"), format!("{path}-shm")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
