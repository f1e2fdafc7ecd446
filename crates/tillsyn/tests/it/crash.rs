//! Twelve kills on each engine, checked against the devices' own log; and the checks against a server that lies.
#![expect(clippy::print_stdout, reason = "the summary with its seed")]

use std::time::Duration;

use tillsyn_testkit::Engine;
use tillsyn_testkit::torture::Torture;

async fn survives(engine: Engine) {
    // `cargo xtask torture` assigns profiles as well, with findings about order that nobody has looked into yet.
    let torture = Torture {
        assigns: false,
        ..Torture::new(env!("CARGO_BIN_EXE_tillsyn"), engine)
    };
    let summary = torture.run().await;
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

/// A server that forgets what it answered for, swallows what it offered, sends what was held or withdrawn, does
/// things twice and leaves an act out of its trail: each is found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_breaks_its_promises_is_caught() {
    let torture = Torture {
        kills: 1,
        load_afterwards: Duration::from_secs(8),
        quiet_limit: Duration::from_secs(3),
        lies: true,
        ..Torture::new(env!("CARGO_BIN_EXE_tillsyn"), Engine::Sqlite)
    };
    let seed = torture.seed;
    let broken = torture.broken_promises().await;
    for (lie, words) in [
        (
            "an act answered before it was kept",
            &["is not in the store"][..],
        ),
        (
            "a result answered before it was kept",
            &["was answered Acknowledged and accepted, is"],
        ),
        (
            "an offer that was lost and never made again",
            &["commands were lost"],
        ),
        (
            "a held command that was sent",
            &["though nobody agreed", "ms early"],
        ),
        (
            "a withdrawn command that was sent",
            &["was delivered after it was withdrawn"],
        ),
        ("an act done twice", &["was queued 2 times"]),
        (
            "an act that is not in the trail",
            &["was queued, and 0 events say so"],
        ),
    ] {
        let found = broken
            .iter()
            .any(|text| words.iter().any(|words| text.contains(words)));
        assert!(
            found,
            "seed {seed}: {lie} was not found:\n{}",
            broken.join("\n")
        );
    }
}
