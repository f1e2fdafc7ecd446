//! From a stream into a database of the same schema.

use std::collections::BTreeMap;
use std::io::Read;

use super::{Counts, DumpError, Table, list, quoted, record, tables};
use crate::tx::Sql;
use crate::{DbError, Engine, Tx, Value, args};

/// Replaces everything in the database by what the stream holds. The caller has made sure that nothing of
/// worth is lost. Foreign keys are checked when all rows are there, so that their order does not matter.
pub async fn load_in(tx: &Tx, from: &mut (dyn Read + Send)) -> Result<Counts, DumpError> {
    let known: BTreeMap<String, Table> = tables(tx)
        .await?
        .into_iter()
        .map(|table| (table.name.clone(), table))
        .collect();
    let foreign_keys = put_off_foreign_keys(tx).await?;
    for name in known.keys() {
        let sql = format!("DELETE FROM {}", quoted(name));
        execute(tx, &sql, Vec::new()).await?;
    }
    let mut counts = Counts::new();
    let mut into: Option<Rows> = None;
    loop {
        let columns = into.as_ref().map_or(0, |rows| rows.columns.len());
        match record::next(from, columns)? {
            record::Record::Table { name, columns } => {
                if let Some(mut rows) = into.take() {
                    rows.flush(tx).await?;
                    counts.push((rows.table.name, rows.count));
                }
                if counts.iter().any(|(earlier, _)| *earlier == name) {
                    return Err(record::out_of_order());
                }
                into = Some(Rows::new(known.get(&name), &name, columns, tx.engine())?);
            }
            record::Record::Row(row) => {
                let rows = into.as_mut().ok_or_else(record::out_of_order)?;
                rows.put(tx, row).await?;
            }
            record::Record::Number(number) => {
                let rows = into.as_mut().ok_or_else(record::out_of_order)?;
                rows.flush(tx).await?;
                rows.go_on_from(tx, number).await?;
            }
            record::Record::End(told) => {
                if let Some(mut rows) = into.take() {
                    rows.flush(tx).await?;
                    counts.push((rows.table.name, rows.count));
                }
                if told != counts {
                    return Err(record::wrong_counts());
                }
                break;
            }
        }
    }
    if let Some(missing) = known
        .keys()
        .find(|name| !counts.iter().any(|(loaded, _)| loaded == *name))
    {
        let text = format!("the table {missing} is not in the stream of rows");
        return Err(DumpError::Malformed(text));
    }
    for sql in foreign_keys {
        tx.batch(&sql).await?;
    }
    Ok(counts)
}

/// Until the end of the transaction on SQLite; on PostgreSQL, which checks them statement by statement, until
/// the answer was carried out.
async fn put_off_foreign_keys(tx: &Tx) -> Result<Vec<String>, DbError> {
    const LIST: &str = "SELECT CAST(c.relname AS TEXT), CAST(k.conname AS TEXT), \
        pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid \
        JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
        WHERE k.contype = 'f' ORDER BY c.relname, k.conname";
    if tx.engine() == Engine::Sqlite {
        tx.batch("PRAGMA defer_foreign_keys = ON").await?;
        return Ok(Vec::new());
    }
    let mut again = Vec::new();
    for row in tx.fetch_all(LIST, args![]).await? {
        let (table, name) = (quoted(row.str(0)?), quoted(row.str(1)?));
        tx.batch(&format!("ALTER TABLE {table} DROP CONSTRAINT {name}"))
            .await?;
        again.push(format!(
            "ALTER TABLE {table} ADD CONSTRAINT {name} {}",
            row.str(2)?
        ));
    }
    Ok(again)
}

async fn execute(tx: &Tx, sql: &str, values: Vec<Value>) -> Result<u64, DbError> {
    tx.run_execute(Sql::Composed(sql), &values.into()).await
}

/// Rows on their way into one table.
struct Rows {
    table: Table,
    columns: Vec<String>,
    waiting: Vec<Value>,
    /// About the bytes of what waits.
    size: usize,
    /// Rows of one statement.
    most: usize,
    count: u64,
}

/// Bytes of one statement.
const ENOUGH: usize = 1024 * 1024;

impl Rows {
    fn new(
        table: Option<&Table>,
        name: &str,
        columns: Vec<String>,
        engine: Engine,
    ) -> Result<Self, DumpError> {
        let differs =
            || DumpError::Malformed(format!("the table {name} is not as in this database"));
        let table = table.cloned().ok_or_else(differs)?;
        let (mut ours, mut theirs) = (table.columns.clone(), columns.clone());
        ours.sort();
        theirs.sort();
        if ours != theirs {
            return Err(differs());
        }
        // SQLite has no round trip to save; PostgreSQL takes at most 65,535 parameters. Powers of two are
        // few different statements.
        let most = match engine {
            Engine::Sqlite => 1,
            Engine::Postgres => 128,
        };
        Ok(Self {
            table,
            columns,
            waiting: Vec::new(),
            size: 0,
            most,
            count: 0,
        })
    }

    async fn put(&mut self, tx: &Tx, row: Vec<Value>) -> Result<(), DbError> {
        self.count += 1;
        for value in row {
            self.size += match &value {
                Value::Text(text) => text.len(),
                Value::Blob(bytes) => bytes.len(),
                _ => 9,
            };
            self.waiting.push(value);
        }
        if self.waiting.len() >= self.most * self.columns.len() || self.size >= ENOUGH {
            self.flush(tx).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &Tx) -> Result<(), DbError> {
        let width = self.columns.len().max(1);
        self.size = 0;
        let mut waiting = std::mem::take(&mut self.waiting).into_iter();
        let mut rows = waiting.len() / width;
        let mut chunk = self.most;
        while rows > 0 {
            while chunk > rows {
                chunk /= 2;
            }
            let values: Vec<Value> = waiting.by_ref().take(chunk * width).collect();
            execute(tx, &self.insert(chunk), values).await?;
            rows -= chunk;
        }
        Ok(())
    }

    fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let row = |at: usize| {
            let values: Vec<String> = (1..=width)
                .map(|n| format!("${}", at * width + n))
                .collect();
            format!("({})", values.join(", "))
        };
        let rows: Vec<String> = (0..rows).map(row).collect();
        let (table, columns) = (quoted(&self.table.name), list(&self.columns));
        format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(", "))
    }

    /// The next number is one that nothing had.
    async fn go_on_from(&self, tx: &Tx, number: i64) -> Result<(), DumpError> {
        let column = self
            .table
            .numbered
            .as_ref()
            .ok_or_else(record::out_of_order)?;
        let (name, table) = (&self.table.name, quoted(&self.table.name));
        let sql = format!("SELECT COALESCE(MAX({}), 0) FROM {table}", quoted(column));
        let rows = tx.fetch_all_dyn(&sql, args![]).await?;
        let highest = rows.first().map_or(Ok(0), |row| row.i64(0))?;
        let last = number.max(highest);
        if tx.engine() == Engine::Sqlite {
            const FORGET: &str = "DELETE FROM sqlite_sequence WHERE name = $1";
            const NOTE: &str = "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)";
            tx.execute(FORGET, args![name]).await?;
            tx.execute(NOTE, args![name, last]).await?;
        } else {
            const SET: &str =
                "SELECT setval(CAST(pg_get_serial_sequence($1, $2) AS regclass), $3, $4)";
            let values = args![table, column, last.max(1), last > 0];
            tx.fetch_all(SET, values).await?;
        }
        Ok(())
    }
}
