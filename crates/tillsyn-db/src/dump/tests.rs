#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::sync::{Arc, Mutex};

use super::record::{self, Record};
use super::{DumpError, check, load_in, read_in, tables};
use crate::testing::TempDb;
use crate::{Db, DbError, Engine, Tx, Value, args};

type Rows = BTreeMap<String, BTreeSet<Vec<u8>>>;

async fn read(db: &Db) -> Vec<u8> {
    db.read((), |tx, ()| {
        Box::pin(async move {
            let mut out = Vec::new();
            read_in(tx, &mut out).await.map_err(failed)?;
            Ok::<_, DbError>(out)
        })
    })
    .await
    .unwrap()
}

async fn load(db: &Db, stream: Vec<u8>) -> Result<(), DbError> {
    db.write_locked(stream, |tx, stream| {
        Box::pin(async move {
            let mut from = stream.as_slice();
            load_in(tx, &mut from).await.map_err(failed)?;
            Ok(())
        })
    })
    .await
}

fn failed(error: DumpError) -> DbError {
    match error {
        DumpError::Db(error) => error,
        other => DbError::Other(other.to_string()),
    }
}

/// Tables with their rows, cell by cell, in whatever order an engine sorts texts.
fn rows_of(stream: &[u8]) -> Rows {
    let mut from = stream;
    let mut rows = Rows::new();
    let (mut table, mut names, mut width) = (String::new(), Vec::new(), 0);
    loop {
        match record::next(&mut from, width).unwrap() {
            Record::Table { name, columns } => {
                width = columns.len();
                rows.insert(name.clone(), BTreeSet::new());
                (table, names) = (name, columns);
            }
            Record::Row(row) => {
                let cells: BTreeMap<&String, Vec<u8>> =
                    names.iter().zip(row.iter().map(encoded)).collect();
                let row = cells.into_values().flatten().collect();
                assert!(
                    rows.get_mut(&table).unwrap().insert(row),
                    "twice in {table}"
                );
            }
            Record::Number(number) => {
                let row = format!("last number {number}").into_bytes();
                rows.get_mut(&table).unwrap().insert(row);
            }
            Record::End(_) => return rows,
        }
    }
}

fn encoded(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    record::put_row(&mut out, std::slice::from_ref(value)).unwrap();
    out
}

/// One row in every table: the same text is every id, so that each row refers to the others.
async fn fill(db: &Db) {
    const TYPES: &str = "SELECT c.name, upper(c.type) FROM pragma_table_info($1) c ORDER BY c.cid";
    db.write((), |tx, ()| {
        Box::pin(async move {
            tx.batch("PRAGMA defer_foreign_keys = ON").await?;
            for table in tables(tx).await? {
                let mut values = Vec::new();
                for row in tx.fetch_all(TYPES, args![&table.name]).await? {
                    values.push(match row.str(1)? {
                        "BIGINT" | "INTEGER" => Value::I64(1),
                        "BLOB" => Value::Blob(vec![0, 0xff, b'\'', 0x80]),
                        "DOUBLE PRECISION" => Value::F64(59.858_562_1),
                        "TEXT" => Value::Text("x'1 \u{2713} 海".to_owned()),
                        other => return Err(DbError::Other(format!("a new type: {other}"))),
                    });
                }
                let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
                let sql = format!(
                    "INSERT INTO \"{}\" VALUES ({})",
                    table.name,
                    marks.join(", ")
                );
                tx.run_execute(crate::tx::Sql::Composed(&sql), &values.into())
                    .await?;
            }
            Ok::<_, DbError>(())
        })
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn every_table_goes_from_one_engine_to_the_other_and_back() {
    let source = TempDb::sqlite().await;
    fill(&source).await;
    let first = read(&source).await;
    let rows = rows_of(&first);
    assert!(rows.len() > 120, "{} tables", rows.len());
    for (table, rows) in &rows {
        assert!(!rows.is_empty(), "{table} is empty");
    }
    let postgres = TempDb::postgres().await;
    load(&postgres, first.clone()).await.unwrap();
    let second = read(&postgres).await;
    assert!(rows_of(&second) == rows, "SQLite to PostgreSQL");
    let back = TempDb::sqlite().await;
    load(&back, second.clone()).await.unwrap();
    assert!(rows_of(&read(&back).await) == rows, "PostgreSQL to SQLite");
    let again = TempDb::postgres().await;
    load(&again, second).await.unwrap();
    assert!(
        rows_of(&read(&again).await) == rows,
        "PostgreSQL to PostgreSQL"
    );
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_each_has_a_key() {
    let mut found = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TempDb::new(engine, crate::MIGRATIONS).await;
        let tables = db
            .read((), |tx, ()| Box::pin(async move { tables(tx).await }))
            .await
            .unwrap();
        assert!(tables.iter().all(|table| !table.key.is_empty()));
        let numbered = tables.iter().filter(|table| table.numbered.is_some());
        assert!(numbered.count() >= 6, "{engine:?}");
        found.push(
            tables
                .into_iter()
                .map(|mut table| {
                    table.columns.sort();
                    table
                })
                .collect::<Vec<_>>(),
        );
    }
    // A table that a migration names and a catalogue does not would be missing in every backup.
    let made: BTreeSet<String> = crate::MIGRATIONS
        .iter()
        .flat_map(|m| m.sql.split("CREATE TABLE ").skip(1))
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    let names: BTreeSet<String> = found[0].iter().map(|table| table.name.clone()).collect();
    assert_eq!(made, names);
    assert_eq!(found[0], found[1]);
}

#[tokio::test]
async fn more_rows_than_a_page_are_read_once_each() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TempDb::new(engine, crate::MIGRATIONS).await;
        db.write((), |tx, ()| Box::pin(many_facts(tx)))
            .await
            .unwrap();
        let rows = rows_of(&read(&db).await);
        assert_eq!(rows["fact"].len(), 1_500, "{engine:?}");
        let other = TempDb::new(engine, crate::MIGRATIONS).await;
        load(&other, read(&db).await).await.unwrap();
        assert!(rows_of(&read(&other).await) == rows, "{engine:?}");
    }
}

async fn many_facts(tx: &Tx) -> Result<(), DbError> {
    const PREFIX: &str =
        "INSERT INTO fact (device_id, name, value, source, observed_at, changed_at)";
    let row = |n: usize| {
        // Now and then one that is larger than a page should be.
        let size = if n % 400 == 7 { 300_000 } else { n };
        let (device, name) = (format!("d{}", n % 37), format!("n{n}"));
        args![device, name, "v".repeat(size), "test", 1_i64, 2_i64]
    };
    tx.insert_many(PREFIX, 6, (0..1_500).map(row).collect(), "")
        .await?;
    Ok(())
}

#[tokio::test]
async fn numbers_that_were_given_are_not_given_again() {
    const GIVE: &str =
        "INSERT INTO attempt_step (attempt_id, at, step) VALUES ('x', 1, 's') RETURNING seq";
    for (from, to) in [
        (Engine::Sqlite, Engine::Postgres),
        (Engine::Postgres, Engine::Sqlite),
    ] {
        let source = TempDb::new(from, crate::MIGRATIONS).await;
        let attempts =
            "INSERT INTO org_unit (id, name, path, created_at) VALUES ('u', 'u', 'u/', 1)";
        source.execute(attempts, args![]).await.unwrap();
        for sql in [
            "INSERT INTO invitation (id, org_unit_id, label, code_hash, ownership, enrollment_type, \
                uses_allowed, status, created_by, created_at, expires_at) \
                VALUES ('i', 'u', 'l', 'h', 'o', 't', 1, 'open', 'a', 1, 2)",
            "INSERT INTO attempt (id, invitation_id, org_unit_id, status, created_at, updated_at, expires_at) \
                VALUES ('x', 'i', 'u', 'open', 1, 1, 2)",
        ] {
            source.execute(sql, args![]).await.unwrap();
        }
        let mut last = 0;
        for _ in 0..5 {
            last = source.execute_returning(GIVE, args![]).await.unwrap()[0]
                .i64(0)
                .unwrap();
        }
        // The newest rows went with retention: their numbers are gone, too.
        let forget = "DELETE FROM attempt_step WHERE seq > 2";
        source.execute(forget, args![]).await.unwrap();
        let target = TempDb::new(to, crate::MIGRATIONS).await;
        load(&target, read(&source).await).await.unwrap();
        let next = target.execute_returning(GIVE, args![]).await.unwrap()[0]
            .i64(0)
            .unwrap();
        assert_eq!(next, last + 1, "{from:?} to {to:?}");
    }
}

#[tokio::test]
async fn a_stream_that_is_not_whole_changes_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let source = TempDb::sqlite().await;
        fill(&source).await;
        let stream = read(&source).await;
        assert_eq!(
            check(&mut stream.as_slice()).unwrap().len(),
            rows_of(&stream).len()
        );
        let target = TempDb::new(engine, crate::MIGRATIONS).await;
        let before = without_numbers(rows_of(&read(&target).await));
        let cut = stream[..stream.len() / 2].to_vec();
        assert!(check(&mut cut.as_slice()).is_err());
        load(&target, cut).await.unwrap_err();
        // One row less than the end tells of.
        let mut fewer = stream.clone();
        let at = fewer.len() - 1;
        fewer[at] ^= 1;
        assert!(check(&mut fewer.as_slice()).is_err());
        load(&target, fewer).await.unwrap_err();
        let after = without_numbers(rows_of(&read(&target).await));
        assert!(after == before, "{engine:?}");
    }
}

/// A sequence of PostgreSQL knows no rollback; a gap does no harm.
fn without_numbers(mut rows: Rows) -> Rows {
    for rows in rows.values_mut() {
        rows.retain(|row| !row.starts_with(b"last number"));
    }
    rows
}

#[tokio::test]
async fn foreign_keys_hold_what_was_loaded_and_what_comes_after() {
    const WRONG: &str = "INSERT INTO device (id, org_unit_id, platform, life_cycle, created_at, updated_at) \
        VALUES ('d', 'nobody', 'apple', 'l', 1, 1)";
    let source = TempDb::sqlite().await;
    fill(&source).await;
    let whole = read(&source).await;
    // The same without any unit: everything that belongs to one refers to nothing.
    let orphaned = without_rows_of(&whole, "org_unit");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let target = TempDb::new(engine, crate::MIGRATIONS).await;
        let error = load(&target, orphaned.clone()).await.unwrap_err();
        assert!(
            matches!(error, DbError::Constraint { .. }),
            "{engine:?}: {error}"
        );
        load(&target, whole.clone()).await.unwrap();
        let error = target.execute(WRONG, args![]).await.unwrap_err();
        assert!(
            matches!(error, DbError::Constraint { .. }),
            "{engine:?}: {error}"
        );
    }
}

fn without_rows_of(stream: &[u8], table: &str) -> Vec<u8> {
    let (mut from, mut out) = (stream, Vec::new());
    let (mut now, mut width) = (String::new(), 0);
    loop {
        match record::next(&mut from, width).unwrap() {
            Record::Table { name, columns } => {
                record::put_table(&mut out, &name, &columns).unwrap();
                (now, width) = (name, columns.len());
            }
            Record::Row(_) if now == table => {}
            Record::Row(row) => {
                record::put_row(&mut out, &row).unwrap();
            }
            Record::Number(number) => record::put_number(&mut out, number).unwrap(),
            Record::End(mut counts) => {
                let count = counts.iter_mut().find(|(name, _)| name == table);
                count.unwrap().1 = 0;
                record::put_end(&mut out, &counts).unwrap();
                return out;
            }
        }
    }
}

/// Lets others write whenever a block was taken.
struct Slow(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if bytes.len() > 200 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_meanwhile_does_not_tear_it() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let temp = TempDb::new(engine, crate::MIGRATIONS).await;
        temp.write((), |tx, ()| Box::pin(many_facts(tx)))
            .await
            .unwrap();
        let db = temp.db();
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let writer = tokio::spawn(async move {
            let mut written = 0_i64;
            while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
                // A unit and its device are one transaction: never one without the other.
                let pair = db.write(written, |tx, n| Box::pin(pair(tx, *n))).await;
                pair.unwrap();
                written += 1;
            }
            written
        });
        // It must have begun.
        while count(&temp, "device").await == 0 {
            tokio::task::yield_now().await;
        }
        let out = Arc::new(Mutex::new(Vec::new()));
        temp.read(Arc::clone(&out), |tx, out| {
            Box::pin(async move {
                let mut slow = Slow(Arc::clone(out));
                read_in(tx, &mut slow).await.map_err(failed)?;
                Ok::<_, DbError>(())
            })
        })
        .await
        .unwrap();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        let written = writer.await.unwrap();
        let stream = out.lock().unwrap().clone();
        let rows = rows_of(&stream);
        let (units, devices) = (rows["org_unit"].len(), rows["device"].len());
        assert_eq!(units, devices, "{engine:?}");
        assert!(
            i64::try_from(devices).unwrap() < written,
            "{engine:?}: nothing came meanwhile"
        );
        let target = TempDb::new(Engine::Sqlite, crate::MIGRATIONS).await;
        load(&target, stream).await.unwrap();
    }
}

async fn count(db: &Db, table: &'static str) -> i64 {
    assert_eq!(table, "device");
    let row = db.query_all("SELECT count(*) FROM device", args![]).await;
    row.unwrap()[0].i64(0).unwrap()
}

async fn pair(tx: &Tx, n: i64) -> Result<(), DbError> {
    const UNIT: &str = "INSERT INTO org_unit (id, name, path, created_at) VALUES ($1, $1, $1, 1)";
    const DEVICE: &str = "INSERT INTO device (id, org_unit_id, platform, life_cycle, created_at, updated_at) \
        VALUES ($1, $1, 'apple', 'l', 1, 1)";
    let id = format!("u{n}");
    tx.execute(UNIT, args![&id]).await?;
    tx.execute(DEVICE, args![&id]).await?;
    Ok(())
}

#[test]
fn a_length_is_believed_only_when_its_bytes_are_there() {
    let mut huge: Vec<u8> = b"T".to_vec();
    huge.extend(u32::MAX.to_be_bytes());
    huge.extend(b"short");
    let mut from = huge.as_slice();
    assert!(matches!(record::next(&mut from, 0), Err(DumpError::Io(_))));
    assert!(check(&mut std::io::empty().take(0)).is_err());
}
