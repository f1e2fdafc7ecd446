use std::sync::Arc;

use futures_util::future::join_all;

use super::SCHEMA;
use crate::{Db, DbError, args, both_engines};

async fn count(db: &Db) -> i64 {
    let sql = "SELECT count(*) FROM counter";
    db.query_optional(sql, args![])
        .await
        .unwrap()
        .unwrap()
        .i64(0)
        .unwrap()
}

async fn add(db: &Db, id: &str) -> Result<(), DbError> {
    db.write(id.to_owned(), |tx, id| {
        Box::pin(async move {
            tx.execute("INSERT INTO counter(id, n) VALUES ($1, 0)", args![id])
                .await?;
            Ok(())
        })
    })
    .await
}

both_engines!(
    duplicate_key_is_named_alike_without_its_value,
    SCHEMA,
    |db| async {
        add(&db, "secret").await.unwrap();
        let error = add(&db, "secret").await.unwrap_err();
        assert_eq!(
            error,
            DbError::Unique {
                constraint: "counter.id".to_owned()
            }
        );

        let sql = "INSERT INTO thing(id) VALUES ('t')";
        db.execute(sql, args![]).await.unwrap();
        let sql = "INSERT INTO part(thing_id, a, b) VALUES ('t', $1, $2)";
        db.execute(sql, args!["x", "y"]).await.unwrap();
        let error = db.execute(sql, args!["x", "y"]).await.unwrap_err();
        assert_eq!(
            error,
            DbError::Unique {
                constraint: "part.a, part.b".to_owned()
            }
        );
    }
);

both_engines!(other_constraints_are_told_apart, SCHEMA, |db| async {
    let sql = "INSERT INTO part(thing_id, a, b) VALUES ('nobody', 'x', 'y')";
    let error = db.execute(sql, args![]).await.unwrap_err();
    assert!(matches!(error, DbError::Constraint { .. }), "{error:?}");
    let sql = "INSERT INTO counter(id, n) VALUES ('x', -1)";
    let error = db.execute(sql, args![]).await.unwrap_err();
    assert!(matches!(error, DbError::Constraint { .. }), "{error:?}");
    let sql = "INSERT INTO counter(id, n) VALUES ('x', $1)";
    let error = db.execute(sql, args![None::<i64>]).await.unwrap_err();
    assert!(matches!(error, DbError::Constraint { .. }), "{error:?}");
});

both_engines!(
    failing_body_leaves_its_neighbours_alone,
    SCHEMA,
    |db| async {
        let bodies = (0..100).map(|i| {
            db.write(i, |tx, i| {
                Box::pin(async move {
                    let sql = "INSERT INTO counter(id, n) VALUES ($1, $2)";
                    tx.execute(sql, args![format!("c{i}"), *i]).await?;
                    if i % 3 == 0 {
                        Err(DbError::NotFound)
                    } else {
                        Ok(*i)
                    }
                })
            })
        });
        let results = join_all(bodies).await;
        for (i, result) in results.into_iter().enumerate() {
            let i = i64::try_from(i).unwrap();
            assert_eq!(
                result,
                if i % 3 == 0 {
                    Err(DbError::NotFound)
                } else {
                    Ok(i)
                }
            );
        }
        assert_eq!(count(&db).await, 66);
    }
);

both_engines!(panic_fails_its_own_body_alone, SCHEMA, |db| async {
    let bodies = (0..20).map(|i| {
        db.write(i, |tx, i| {
            Box::pin(async move {
                let sql = "INSERT INTO counter(id, n) VALUES ($1, $2)";
                tx.execute(sql, args![format!("c{i}"), *i]).await?;
                assert!(*i != 7, "expected: this body panics in a test");
                Ok(())
            })
        })
    });
    let results: Vec<Result<(), DbError>> = join_all(bodies).await;
    for (i, result) in results.into_iter().enumerate() {
        assert_eq!(
            result,
            if i == 7 {
                Err(DbError::Panicked)
            } else {
                Ok(())
            }
        );
    }
    assert_eq!(count(&db).await, 19);
    add(&db, "after").await.unwrap();
});

both_engines!(failed_statement_spoils_the_whole_body, SCHEMA, |db| async {
    add(&db, "a").await.unwrap();
    let swallowed: Result<(), DbError> = db
        .write((), |tx, ()| {
            Box::pin(async move {
                tx.execute("INSERT INTO counter(id, n) VALUES ('b', 0)", args![])
                    .await?;
                let again = tx
                    .execute("INSERT INTO counter(id, n) VALUES ('a', 0)", args![])
                    .await;
                assert!(again.unwrap_err().is_unique());
                Ok(())
            })
        })
        .await;
    assert_eq!(swallowed, Err(DbError::Aborted));
    let went_on: Result<u64, DbError> = db
        .write((), |tx, ()| {
            Box::pin(async move {
                let _ = tx
                    .execute("INSERT INTO counter(id, n) VALUES ('a', 0)", args![])
                    .await;
                tx.execute("INSERT INTO counter(id, n) VALUES ('b', 0)", args![])
                    .await
            })
        })
        .await;
    assert_eq!(went_on, Err(DbError::Aborted));
    assert_eq!(count(&db).await, 1);
});

both_engines!(concurrent_counters_lose_no_update, SCHEMA, |db| async {
    add(&db, "c").await.unwrap();
    let bodies = (0..40).map(|_| {
        db.write((), |tx, ()| {
            Box::pin(async move {
                // Read, then write what was read: the classic lost update.
                let row = tx
                    .fetch_one("SELECT n FROM counter WHERE id = 'c'", args![])
                    .await?;
                let next = row.i64(0)? + 1;
                tx.execute("UPDATE counter SET n = $1 WHERE id = 'c'", args![next])
                    .await
            })
        })
    });
    let results: Vec<Result<u64, DbError>> = join_all(bodies).await;
    let kept = results.iter().filter(|result| result.is_ok()).count();
    for error in results.into_iter().filter_map(Result::err) {
        assert_eq!(error, DbError::Serialization);
    }
    let sql = "SELECT n FROM counter WHERE id = 'c'";
    let row = db.query_optional(sql, args![]).await.unwrap().unwrap();
    assert_eq!(row.i64(0).unwrap(), i64::try_from(kept).unwrap());
    assert_eq!(kept, 40, "eight at a time must all get through");
});

both_engines!(write_skew_does_not_happen, SCHEMA, |db| async {
    // Two on call; each may leave while another stays. Run against itself, one must stay.
    for id in ["a", "b"] {
        add(&db, id).await.unwrap();
        db.execute("UPDATE counter SET n = 1 WHERE id = $1", args![id])
            .await
            .unwrap();
    }
    let leave = |id: &'static str| {
        db.write(id, |tx, id| {
            Box::pin(async move {
                let sql = "SELECT count(*) FROM counter WHERE n = 1";
                if tx.fetch_one(sql, args![]).await?.i64(0)? < 2 {
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
});

both_engines!(
    look_then_insert_against_itself_makes_one,
    SCHEMA,
    |db| async {
        let bodies = (0..8).map(|_| {
            db.write((), |tx, ()| {
                Box::pin(async move {
                    let sql = "SELECT n FROM counter WHERE id = 'one'";
                    if tx.fetch_optional(sql, args![]).await?.is_some() {
                        return Ok(0);
                    }
                    tx.execute("INSERT INTO counter(id, n) VALUES ('one', 0)", args![])
                        .await
                })
            })
        });
        let made: Result<Vec<u64>, DbError> = join_all(bodies).await.into_iter().collect();
        assert_eq!(made.unwrap().into_iter().sum::<u64>(), 1);
    }
);

both_engines!(answer_comes_after_commit, SCHEMA, |db| async {
    let db = Arc::new(db);
    let bodies = (0..200).map(|i| {
        let db = Arc::clone(&db);
        tokio::spawn(async move {
            add(&db, &format!("c{i}")).await.unwrap();
            // Another connection must see it at once.
            let sql = "SELECT n FROM counter WHERE id = $1";
            db.query_optional(sql, args![format!("c{i}")])
                .await
                .unwrap()
                .is_some()
        })
    });
    for seen in join_all(bodies).await {
        assert!(seen.unwrap());
    }
});

both_engines!(read_sees_one_moment_and_cannot_write, SCHEMA, |db| async {
    add(&db, "a").await.unwrap();
    let denied: Result<u64, DbError> = db
        .read((), |tx, ()| {
            Box::pin(tx.execute("DELETE FROM counter", args![]))
        })
        .await;
    assert!(matches!(denied, Err(DbError::Other(_))), "{denied:?}");
    assert_eq!(count(&db).await, 1);
});

both_engines!(missing_row_is_not_found, SCHEMA, |db| async {
    let row: Result<_, DbError> = db
        .read((), |tx, ()| {
            Box::pin(tx.fetch_one("SELECT n FROM counter WHERE id = 'nobody'", args![]))
        })
        .await;
    assert_eq!(row.unwrap_err(), DbError::NotFound);
});

both_engines!(writes_after_close_are_unavailable, SCHEMA, |db| async {
    add(&db, "a").await.unwrap();
    db.ping().await.unwrap();
    db.close().await;
    assert!(add(&db, "b").await.unwrap_err().is_unavailable());
    assert!(db.ping().await.unwrap_err().is_unavailable());
});

both_engines!(
    caller_who_leaves_does_not_harm_the_next,
    SCHEMA,
    |db| async {
        for i in 0..30 {
            let task = tokio::spawn({
                let db = db.clone();
                async move { add(&db, &format!("c{i}")).await }
            });
            tokio::task::yield_now().await;
            task.abort();
            let _ = task.await;
        }
        add(&db, "last").await.unwrap();
        let sql = "SELECT id FROM counter WHERE id = 'last'";
        assert!(db.query_optional(sql, args![]).await.unwrap().is_some());
    }
);
