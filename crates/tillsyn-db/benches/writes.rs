//! CPU per small writing transaction and per hot query, on both engines.
//!
//! `cargo bench -p tillsyn-db --features testing --bench writes`. CPU of this process only: for
//! PostgreSQL the server's share is not in it. Compare ratios; wall-clock is noise on a busy
//! machine.

#![expect(clippy::print_stdout, reason = "prints its result")]
#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::time::Instant;

use futures_util::future::join_all;
use tillsyn_db::testing::TempDb;
use tillsyn_db::{Db, DbError, Engine, Migration, args};

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    name: "bench",
    sql: "CREATE TABLE enrollment (id TEXT PRIMARY KEY, pin TEXT NOT NULL, seen BIGINT NOT NULL);
          CREATE TABLE result (id {autoid}, enrollment_id TEXT NOT NULL, body {blob} NOT NULL);",
}];
const ROUNDS: i64 = 300;
const CALLERS: i64 = 128;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rounds = if std::env::args().any(|arg| arg == "--bench") {
        ROUNDS
    } else {
        2
    };
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let db = TempDb::new(engine, SCHEMA).await;
        for i in 0..CALLERS {
            let sql = "INSERT INTO enrollment(id, pin, seen) VALUES ($1, 'pin', 0)";
            db.execute(sql, args![format!("e{i}")]).await.unwrap();
        }
        measure(&db, "check-in (4 statements)", rounds, check_in).await;
        measure(&db, "one statement", rounds, one_write).await;
        measure(&db, "one query", rounds, one_query).await;
    }
}

async fn check_in(db: Db, i: i64) {
    let done: Result<(), DbError> = db
        .write(i, |tx, i| {
            Box::pin(async move {
                let id = format!("e{i}");
                let find = "SELECT id, seen FROM enrollment WHERE id = $1 AND pin = $2";
                let seen = tx.fetch_one(find, args![&id, "pin"]).await?.i64(1)?;
                let update = "UPDATE enrollment SET seen = $2 WHERE id = $1";
                tx.execute(update, args![&id, seen + 1]).await?;
                let last = "SELECT id FROM result WHERE id = $1";
                tx.fetch_optional(last, args![*i]).await?;
                let insert = "INSERT INTO result(enrollment_id, body) VALUES ($1, $2)";
                tx.execute(insert, args![id, vec![7_u8; 500]]).await?;
                Ok(())
            })
        })
        .await;
    done.unwrap();
}

async fn one_write(db: Db, i: i64) {
    let sql = "UPDATE enrollment SET seen = seen + 1 WHERE id = $1";
    db.execute(sql, args![format!("e{i}")]).await.unwrap();
}

async fn one_query(db: Db, i: i64) {
    let sql = "SELECT id, pin, seen FROM enrollment WHERE id = $1";
    db.query_optional(sql, args![format!("e{i}")])
        .await
        .unwrap();
}

async fn measure<F, R>(db: &TempDb, what: &str, rounds: i64, run: F)
where
    F: Fn(Db, i64) -> R,
    R: Future<Output = ()>,
{
    let before = db.stats();
    let (cpu, wall) = (cpu_micros(), Instant::now());
    for _ in 0..rounds {
        join_all((0..CALLERS).map(|i| run(db.db(), i))).await;
    }
    let (cpu, wall) = (cpu_micros() - cpu, wall.elapsed().as_secs_f64());
    let after = db.stats();
    let n = rounds * CALLERS;
    let per_second = f64::from(u32::try_from(n).unwrap()) / wall;
    println!(
        "{:?} {what}: {} us CPU each, {per_second:.0}/s, {} commits for {n}, {} retries",
        db.engine(),
        cpu / u64::try_from(n).unwrap(),
        after.commits - before.commits,
        after.retries - before.retries,
    );
}

/// User and system time of this process; the kernel counts in hundredths of a second.
fn cpu_micros() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let times = fields.split(' ').skip(11).take(2);
    times
        .map(|ticks| ticks.parse::<u64>().unwrap() * 10_000)
        .sum()
}
