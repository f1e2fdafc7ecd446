//! Twelve kills on each engine, checked against the devices' own log.
#![expect(clippy::print_stdout, reason = "the summary with its seed")]

use tillsyn_testkit::Engine;
use tillsyn_testkit::torture::Torture;

async fn survives(engine: Engine) {
    let summary = Torture::new(env!("CARGO_BIN_EXE_tillsyn"), engine)
        .run()
        .await;
    // Shown when the test is run with --nocapture, and beside a failure.
    println!("{summary}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    survives(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    survives(Engine::Postgres).await;
}
