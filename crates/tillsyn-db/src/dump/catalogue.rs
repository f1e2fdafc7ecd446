//! What the engine itself says of its tables.

use crate::{DbError, Engine, Tx, args};

/// One table, as the engine's catalogue has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
    /// Columns of the primary key, in its order.
    pub key: Vec<String>,
    /// The column that the engine numbers by itself.
    pub numbered: Option<String>,
}

/// Kept by the migrations themselves; every database has its own.
const OF_MIGRATIONS: [&str; 2] = ["schema_lock", "schema_migration"];

/// All tables of the database but those of the migrations, by name.
pub async fn tables(tx: &Tx) -> Result<Vec<Table>, DbError> {
    const SQLITE: &str = "SELECT m.name, c.name, c.pk, \
        CASE WHEN c.pk = 1 AND m.sql LIKE '%AUTOINCREMENT%' THEN 1 ELSE 0 END \
        FROM sqlite_master m, pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY m.name, c.cid";
    const POSTGRES: &str = "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT), \
        CAST(COALESCE(array_position(CAST(i.indkey AS int2[]), a.attnum) + 1, 0) AS BIGINT), \
        CASE WHEN a.attidentity <> '' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END \
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
        LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
        WHERE c.relkind IN ('r', 'p') ORDER BY c.relname, a.attnum";
    let sql = match tx.engine() {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    };
    let mut found: Vec<Table> = Vec::new();
    let mut keys: Vec<Vec<(i64, String)>> = Vec::new();
    for row in tx.fetch_all(sql, args![]).await? {
        let (name, column) = (row.text(0)?, row.text(1)?);
        if OF_MIGRATIONS.contains(&name.as_str()) {
            continue;
        }
        if found.last().is_none_or(|table| table.name != name) {
            found.push(Table {
                name,
                ..Table::default()
            });
            keys.push(Vec::new());
        }
        let (Some(table), Some(key)) = (found.last_mut(), keys.last_mut()) else {
            continue;
        };
        let position = row.i64(2)?;
        if position > 0 {
            key.push((position, column.clone()));
        }
        if row.i64(3)? == 1 {
            table.numbered = Some(column.clone());
        }
        table.columns.push(column);
    }
    for (table, mut key) in found.iter_mut().zip(keys) {
        key.sort();
        table.key = key.into_iter().map(|(_, column)| column).collect();
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
