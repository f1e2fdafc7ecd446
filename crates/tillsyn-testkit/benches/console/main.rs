//! What the console's pages take at a thousand, ten thousand and a hundred thousand devices (goal 9): lists, filters,
//! searches, the page of a device, with their bytes and statements.
//!
//! `cargo bench -p tillsyn-testkit --bench console -- [--devices N[,N…]] [--rounds N] [--engine sqlite|postgres]`
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and fails by panicking"
)]

mod fleet;
mod visit;

use tillsyn_testkit::{Engine, TestApp};

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1).cloned()
    };
    // `cargo test --benches` and nextest ask for a list; there is nothing to list.
    if args.iter().any(|arg| arg == "--list" || arg == "--test") {
        return;
    }
    let sizes = value("--devices").unwrap_or_else(|| "1000,10000,100000".to_owned());
    let rounds = value("--rounds").map_or(200, |text| text.parse().unwrap());
    let engine = match value("--engine").as_deref() {
        Some("postgres") => Engine::Postgres,
        _ => Engine::Sqlite,
    };
    println!("| devices | page | median ms | p99 ms | statements | kB |");
    println!("|---|---|---|---|---|---|");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for size in sizes.split(',') {
        let devices = size.trim().parse().unwrap();
        runtime.block_on(async {
            let app = TestApp::new(engine).await;
            let fleet = fleet::load(&app, devices).await;
            visit::all(&app, &fleet, devices, rounds).await;
        });
    }
}
