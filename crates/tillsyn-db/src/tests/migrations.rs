use super::SCHEMA;
use crate::{DbError, Engine, MIGRATIONS, Migration, args, both_engines};

const NONE: &[Migration] = &[];
const TWO: &[Migration] = &[
    SCHEMA[0],
    Migration {
        version: 2,
        name: "more",
        sql: "CREATE TABLE more (id {autoid}, b {blob})",
    },
];

both_engines!(migrations_are_applied_once_and_in_order, NONE, |db| async {
    let report = db.migrate(SCHEMA).await.unwrap();
    assert_eq!((report.from, report.to, report.applied), (0, 1, vec![1]));
    let report = db.migrate(TWO).await.unwrap();
    assert_eq!((report.from, report.to, report.applied), (1, 2, vec![2]));
    let report = db.migrate(TWO).await.unwrap();
    assert_eq!((report.from, report.to, report.applied), (2, 2, vec![]));
    db.execute("INSERT INTO more(b) VALUES ($1)", args![vec![0_u8, 1]])
        .await
        .unwrap();
});

both_engines!(older_program_refuses_newer_schema, TWO, |db| async {
    let error = db.migrate(SCHEMA).await.unwrap_err();
    assert_eq!(error, DbError::SchemaTooNew { found: 2, known: 1 });
});

both_engines!(changed_migration_is_refused, TWO, |db| async {
    let changed = [
        SCHEMA[0],
        Migration {
            sql: "CREATE TABLE more (id {autoid})",
            ..TWO[1]
        },
    ];
    let error = db.migrate(&changed).await.unwrap_err();
    assert_eq!(
        error,
        DbError::SchemaChanged {
            version: 2,
            name: "more".to_owned()
        }
    );
});

both_engines!(
    failing_migration_leaves_nothing_behind,
    SCHEMA,
    |db| async {
        let sql = "CREATE TABLE half (id TEXT); INSERT INTO nowhere VALUES (1)";
        let bad = [
            SCHEMA[0],
            Migration {
                version: 2,
                name: "bad",
                sql,
            },
        ];
        assert!(db.migrate(&bad).await.is_err());
        // The lock is free again and `half` does not exist.
        let good = [
            SCHEMA[0],
            Migration {
                sql: "CREATE TABLE half (id TEXT)",
                ..bad[1]
            },
        ];
        assert_eq!(db.migrate(&good).await.unwrap().applied, [2]);
    }
);

both_engines!(
    nodes_that_start_together_apply_each_once,
    NONE,
    |db| async {
        let (a, b, c) = tokio::join!(db.migrate(TWO), db.migrate(TWO), db.migrate(TWO));
        let mut applied: Vec<i64> = [a, b, c]
            .into_iter()
            .flat_map(|report| report.unwrap().applied)
            .collect();
        applied.sort_unstable();
        assert_eq!(applied, [1, 2]);
    }
);

/// Table, column, nullability, as both engines' catalogues tell.
async fn columns(db: &crate::Db) -> Vec<(String, String, bool)> {
    let sql = match db.engine() {
        Engine::Sqlite => {
            "SELECT m.name, c.name, c.\"notnull\" = 1 OR c.pk > 0 FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
             AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), is_nullable = 'NO' \
             FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        }
    };
    let rows = db.query_all(sql, args![]).await.unwrap();
    rows.iter()
        .map(|row| {
            (
                row.text(0).unwrap(),
                row.text(1).unwrap(),
                row.bool(2).unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn program_schema_is_the_same_on_both_engines() {
    let sqlite = crate::testing::TempDb::new(Engine::Sqlite, MIGRATIONS).await;
    let postgres = crate::testing::TempDb::new(Engine::Postgres, MIGRATIONS).await;
    assert_eq!(columns(&sqlite).await, columns(&postgres).await);
}
