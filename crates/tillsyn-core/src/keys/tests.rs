#![expect(clippy::unwrap_used, reason = "tests")]

use tillsyn_db::testing::TempDb;
use tillsyn_db::{Engine, args};

use super::cells::CELLS;

/// A sealed column that nobody told of would be lost with the old key.
#[tokio::test]
async fn every_sealed_column_of_the_schema_is_known() {
    const FIND: &str = "SELECT t.name || '.' || c.name FROM sqlite_master t, pragma_table_info(t.name) c \
        WHERE t.type = 'table' AND c.name LIKE '%sealed%' AND upper(c.type) = 'BLOB'";
    let db = TempDb::new(Engine::Sqlite, tillsyn_db::MIGRATIONS).await;
    let mut schema: Vec<String> = db
        .query_all(FIND, args![])
        .await
        .unwrap()
        .iter()
        .map(|row| row.text(0).unwrap())
        .collect();
    let mut known: Vec<String> = CELLS
        .iter()
        .map(|cell| format!("{}.{}", cell.table, cell.column))
        .collect();
    schema.sort_unstable();
    known.sort_unstable();
    assert_eq!(schema, known);
}
