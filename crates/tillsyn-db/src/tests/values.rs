use super::SCHEMA;
use crate::{Db, DbError, Row, Value, args, both_engines};

async fn insert(db: &Db, id: &str, cells: Vec<Value>) -> Result<u64, DbError> {
    let mut all = args![id];
    all.extend(cells);
    let sql = "INSERT INTO thing(id, flag, number, small, real, body, note) \
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    db.execute(sql, all).await
}

async fn read(db: &Db, id: &str) -> Row {
    let sql = "SELECT flag, number, small, real, body, note FROM thing WHERE id = $1";
    db.query_optional(sql, args![id]).await.unwrap().unwrap()
}

both_engines!(values_come_back_as_they_went_in, SCHEMA, |db| async {
    let blob: Vec<u8> = (0..=255).collect();
    insert(
        &db,
        "full",
        args![true, i64::MAX, 7, 0.1, blob.clone(), "åäö 東京 'quoted' $1"],
    )
    .await
    .unwrap();
    let row = read(&db, "full").await;
    assert!(row.bool(0).unwrap());
    assert_eq!(row.i64(1).unwrap(), i64::MAX);
    assert_eq!(row.i64(2).unwrap(), 7);
    assert_eq!(row.opt_f64(3).unwrap(), Some(0.1));
    assert_eq!(row.blob(4).unwrap(), blob);
    assert_eq!(row.text(5).unwrap(), "åäö 東京 'quoted' $1");
    assert_eq!(row.str(5).unwrap(), "åäö 東京 'quoted' $1");

    insert(&db, "low", args![false, i64::MIN, -1, 2, Vec::new(), ""])
        .await
        .unwrap();
    let row = read(&db, "low").await;
    assert_eq!(row.opt_bool(0).unwrap(), Some(false));
    assert_eq!(row.opt_i64(1).unwrap(), Some(i64::MIN));
    assert_eq!(row.f64(3).unwrap().to_bits(), 2.0_f64.to_bits());
    assert_eq!(row.opt_blob(4).unwrap(), Some(Vec::new()));
    assert_eq!(row.opt_text(5).unwrap(), Some(String::new()));
});

both_engines!(null_is_null_in_every_type, SCHEMA, |db| async {
    let none: Option<&str> = None;
    insert(
        &db,
        "null",
        args![
            None::<bool>,
            None::<i64>,
            Value::Null,
            None::<f64>,
            None::<Vec<u8>>,
            none
        ],
    )
    .await
    .unwrap();
    let row = read(&db, "null").await;
    assert_eq!(row.opt_bool(0).unwrap(), None);
    assert_eq!(row.opt_i64(1).unwrap(), None);
    assert_eq!(row.opt_f64(3).unwrap(), None);
    assert_eq!(row.opt_blob(4).unwrap(), None);
    assert_eq!(row.opt_text(5).unwrap(), None);
    assert!(row.is_null(2).unwrap());
    assert!(matches!(
        row.text(5),
        Err(DbError::Decode { column: 5, .. })
    ));
});

both_engines!(
    decode_error_names_place_and_types_only,
    SCHEMA,
    |db| async {
        insert(&db, "x", args![true, 1, 1, 1.5, Vec::new(), "secret"])
            .await
            .unwrap();
        let row = read(&db, "x").await;
        let text = row.i64(5).unwrap_err().to_string();
        assert!(
            text.contains("column 5") && text.contains("SELECT flag"),
            "{text}"
        );
        assert!(text.contains("expected an integer, found text"), "{text}");
        assert!(!text.contains("secret"), "{text}");
        assert!(matches!(
            row.text(99),
            Err(DbError::Decode { column: 99, .. })
        ));
    }
);

both_engines!(counts_and_sums_are_integers, SCHEMA, |db| async {
    for id in ["a", "b", "c"] {
        insert(&db, id, args![true, 5, 1, 1.0, Vec::new(), id])
            .await
            .unwrap();
    }
    let sql = "SELECT count(*), CAST(sum(number) AS BIGINT), max(note) FROM thing";
    let row = db.query_optional(sql, args![]).await.unwrap().unwrap();
    assert_eq!((row.i64(0).unwrap(), row.i64(1).unwrap()), (3, 15));
    assert_eq!(row.text(2).unwrap(), "c");
});

both_engines!(parameters_bind_by_number, SCHEMA, |db| async {
    insert(&db, "a", args![true, 5, 1, 1.0, Vec::new(), "$2"])
        .await
        .unwrap();
    // $2 stands before $1, once inside quotes, and is used twice.
    let sql = "SELECT note FROM thing -- $9 here\n WHERE number = $2 AND id = $1 AND number <= $2 AND note = '$2'";
    let row = db.query_optional(sql, args!["a", 5]).await.unwrap();
    assert_eq!(row.unwrap().text(0).unwrap(), "$2");
});

both_engines!(wrong_parameters_are_refused_alike, SCHEMA, |db| async {
    let sql = "SELECT note FROM thing WHERE id = $1";
    let error = db.query_optional(sql, args!["a", "b"]).await.unwrap_err();
    assert!(
        error.to_string().contains("takes 1 parameters, 2 given"),
        "{error}"
    );
    let error = db.query_optional(sql, args!["a\0b"]).await.unwrap_err();
    assert!(error.to_string().contains("U+0000"), "{error}");
});

both_engines!(list_parameter_finds_each_and_none, SCHEMA, |db| async {
    for id in ["a", "b", "c", "d\"'$1"] {
        insert(&db, id, args![true, 5, 1, 1.0, Vec::new(), id])
            .await
            .unwrap();
    }
    let found = db
        .read((), |tx, ()| {
            Box::pin(async move {
                let sql = "SELECT id FROM thing WHERE number = $1 AND id {ids} ORDER BY id";
                let ids = vec![
                    "a".to_owned(),
                    "c".to_owned(),
                    "d\"'$1".to_owned(),
                    "x".to_owned(),
                ];
                let none = tx.fetch_all_in(sql, Vec::new(), args![5]).await?;
                assert!(none.is_empty());
                tx.fetch_all_in(sql, ids, args![5]).await
            })
        })
        .await;
    let found: Result<Vec<Row>, DbError> = found;
    let ids: Vec<String> = found
        .unwrap()
        .iter()
        .map(|row| row.text(0).unwrap())
        .collect();
    assert_eq!(ids, ["a", "c", "d\"'$1"]);
});

both_engines!(many_rows_are_inserted_and_upserted, SCHEMA, |db| async {
    let rows =
        |n: i64| -> Vec<Vec<Value>> { (0..777).map(|i| args![format!("c{i}"), n + i]).collect() };
    let prefix = "INSERT INTO counter(id, n)";
    let suffix = "ON CONFLICT (id) DO UPDATE SET n = excluded.n";
    for start in [0, 10] {
        let changed: Result<u64, DbError> = db
            .write(rows(start), move |tx, rows| {
                Box::pin(tx.insert_many(prefix, 2, rows.clone(), suffix))
            })
            .await;
        assert_eq!(changed.unwrap(), 777);
    }
    let sql = "SELECT count(*), CAST(sum(n) AS BIGINT) FROM counter";
    let row = db.query_optional(sql, args![]).await.unwrap().unwrap();
    assert_eq!(
        (row.i64(0).unwrap(), row.i64(1).unwrap()),
        (777, 777 * 776 / 2 + 7770)
    );
});

both_engines!(
    composed_statements_beyond_the_cache_still_work,
    SCHEMA,
    |db| async {
        let all: Result<(), DbError> = db
            .read((), |tx, ()| {
                Box::pin(async move {
                    for i in 0..150 {
                        let sql = format!("SELECT {i} + $1::int8");
                        let sql = match tx.engine() {
                            crate::Engine::Sqlite => sql.replace("::int8", ""),
                            crate::Engine::Postgres => sql,
                        };
                        let rows = tx.fetch_all_dyn(&sql, args![1]).await?;
                        assert_eq!(rows[0].i64(0)?, i + 1);
                    }
                    Ok(())
                })
            })
            .await;
        all.unwrap();
    }
);
