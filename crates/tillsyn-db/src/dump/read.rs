//! From the database into a stream.

use std::io::Write;

use super::{Counts, DumpError, Table, list, quoted, record, tables};
use crate::{DbError, Engine, Row, Tx, Value, args};

/// Rows of one query: as many as `ENOUGH` bytes take, never more than `MOST`.
const FIRST: usize = 16;
const MOST: usize = 256;
const ENOUGH: usize = 256 * 1024;

/// Writes every table into `out`, in the order of its key; nothing but the rows of one query is in memory.
/// In a transaction that reads, all of it is of one moment.
pub async fn read_in(tx: &Tx, out: &mut (dyn Write + Send)) -> Result<Counts, DumpError> {
    let mut counts = Counts::new();
    for table in tables(tx).await? {
        record::put_table(out, &table.name, &table.columns)?;
        let rows = rows(tx, &table, out).await?;
        if let Some(column) = &table.numbered {
            let number = last_number(tx, &table.name, column).await?;
            record::put_number(out, number)?;
        }
        counts.push((table.name, rows));
    }
    record::put_end(out, &counts)?;
    Ok(counts)
}

async fn rows(tx: &Tx, table: &Table, out: &mut (dyn Write + Send)) -> Result<u64, DumpError> {
    let key: Vec<usize> = table
        .key
        .iter()
        .filter_map(|name| table.columns.iter().position(|column| column == name))
        .collect();
    if key.is_empty() {
        let text = format!("the table {} has no primary key", table.name);
        return Err(DbError::Other(text).into());
    }
    let (mut count, mut limit) = (0, FIRST);
    let mut after: Vec<Value> = Vec::new();
    loop {
        let sql = page(table, !after.is_empty(), limit);
        let found = tx.fetch_all_dyn(&sql, std::mem::take(&mut after)).await?;
        let mut size = 0;
        for row in &found {
            let values = values(row)?;
            size += record::put_row(out, &values)?;
            count += 1;
            after = key
                .iter()
                .filter_map(|at| values.get(*at))
                .cloned()
                .collect();
        }
        if found.len() < limit {
            return Ok(count);
        }
        limit = match size {
            0..ENOUGH => (limit * 2).min(MOST),
            _ => (limit / 2).max(1),
        };
    }
}

fn page(table: &Table, goes_on: bool, limit: usize) -> String {
    let key = list(&table.key);
    let after = if goes_on {
        let values: Vec<String> = (1..=table.key.len()).map(|n| format!("${n}")).collect();
        format!(" WHERE ({key}) > ({})", values.join(", "))
    } else {
        String::new()
    };
    let (columns, name) = (list(&table.columns), quoted(&table.name));
    format!("SELECT {columns} FROM {name}{after} ORDER BY {key} LIMIT {limit}")
}

fn values(row: &Row) -> Result<Vec<Value>, DbError> {
    (0..row.len()).map(|index| row.value(index)).collect()
}

/// The last number that was given, also when its row is gone: nothing gets it again.
async fn last_number(tx: &Tx, table: &str, column: &str) -> Result<i64, DbError> {
    let row = match tx.engine() {
        Engine::Sqlite => {
            const LAST: &str = "SELECT seq FROM sqlite_sequence WHERE name = $1";
            tx.fetch_optional(LAST, args![table]).await?
        }
        Engine::Postgres => {
            const NAME: &str = "SELECT pg_get_serial_sequence($1, $2)";
            let name = tx.fetch_one(NAME, args![quoted(table), column]).await?;
            // A name from the catalogue, quoted by it.
            let sql = format!(
                "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}",
                name.str(0)?
            );
            tx.fetch_all_dyn(&sql, args![]).await?.into_iter().next()
        }
    };
    row.map_or(Ok(0), |row| row.i64(0))
}
