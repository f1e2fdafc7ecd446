//! What is answered for is on the disk before (security S80): the system calls of the program on SQLite, as `strace`
//! sees them. The bytes of an act are in the log of the database and this log is synced before the first byte of the
//! answer is written to the socket.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tillsyn_core::Clock;
use tillsyn_sim::DeviceConfig;
use tillsyn_testkit::{Engine, Setup};

use crate::served::Ground;

const CALLS: &str = "trace=fdatasync,fsync,pwrite64,write,writev,sendto,sendmsg";

/// One thing that was answered with 2xx.
struct Act {
    name: &'static str,
    sent_at: f64,
    /// Stands in the row that it makes.
    mark: String,
}

#[derive(Debug, PartialEq)]
enum Call {
    /// To the write-ahead log.
    Logged(String),
    /// The log is on the disk.
    Synced,
    /// A good answer begins.
    Answered,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_answered_for_was_synced_before() {
    must_trace();
    let ground = Ground::new(Engine::Sqlite).await;
    let trace = ground.folder.path().join("trace");
    let file = trace.display().to_string();
    // -D: the program is our child and the tracer is not, so that killing the child ends both.
    let before = [
        "strace", "-D", "-f", "-ttt", "-y", "-s", "5000", "-e", CALLS, "-o", &file,
    ];
    let setup = Setup {
        before: &before,
        ..Setup::default()
    };
    let mut served = ground.serve(setup).await;
    let mut mac = served.enrolled(DeviceConfig::mac(1)).await;
    let id = served.id_of(&mac).await;

    let mut acts = Vec::new();
    for round in 0..3 {
        let sent_at = moment().await;
        let path = format!("/api/v1/devices/{id}/commands");
        let body = json!({ "command": { "type": "SecurityInfo" } });
        let made = served.api.post(&path, &body).await.expect(202);
        let mark = made["commands"][0]["id"].as_str().unwrap().to_owned();
        acts.push(Act {
            name: "an enqueue",
            sent_at,
            mark,
        });
        let mut offer = mac.idle().await.unwrap();
        while let Some(now_offered) = offer {
            let sent_at = moment().await;
            offer = mac.respond(&now_offered).await.unwrap();
            acts.push(Act {
                name: "a result",
                sent_at,
                mark: now_offered.uuid,
            });
        }
        let sent_at = moment().await;
        mac.set_bootstrap_token(Some(
            format!("token {round}, that nobody must lose").as_bytes(),
        ))
        .await
        .unwrap();
        acts.push(Act {
            name: "an escrow",
            sent_at,
            // Sealed, and its row names the enrollment: whatever was written last counts.
            mark: String::new(),
        });
    }
    served.server.kill();
    let calls = calls(&finished(&trace).await);
    for act in &acts {
        if let Err(why) = durable(&calls, act) {
            panic!("{} at {}: {why}", act.name, act.sent_at);
        }
    }
    // The same trace of a database that does not sync is found out.
    let careless: Vec<_> = calls
        .into_iter()
        .filter(|(_, call)| *call != Call::Synced)
        .collect();
    for act in &acts {
        let why = durable(&careless, act).unwrap_err();
        assert_eq!(why, "answered before it was synced", "{}", act.name);
    }
}

fn durable(calls: &[(f64, Call)], act: &Act) -> Result<(), &'static str> {
    let begun = calls.iter().position(|(at, _)| *at >= act.sent_at);
    let calls = &calls[begun.ok_or("nothing happened")?..];
    let answered = calls.iter().position(|(_, call)| *call == Call::Answered);
    let before = &calls[..answered.ok_or("it was not answered")?];
    let logged =
        |(_, call): &(f64, Call)| matches!(call, Call::Logged(text) if text.contains(&act.mark));
    let logged = before
        .iter()
        .rposition(logged)
        .ok_or("answered before it was written")?;
    let synced = before[logged..]
        .iter()
        .any(|(_, call)| *call == Call::Synced);
    if synced {
        Ok(())
    } else {
        Err("answered before it was synced")
    }
}

/// Calls in the order in which they began; a sync stands where it ended.
fn calls(trace: &str) -> Vec<(f64, Call)> {
    let mut calls = Vec::new();
    let mut syncing: BTreeMap<&str, bool> = BTreeMap::new();
    for line in trace.lines() {
        let mut words = line.splitn(2, ' ');
        let (Some(thread), Some(rest)) = (words.next(), words.next()) else {
            continue;
        };
        let Some((at, call)) = rest.trim_start().split_once(' ') else {
            continue;
        };
        let Ok(at) = at.parse::<f64>() else {
            continue;
        };
        let name = call.split('(').next().unwrap_or_default();
        let file = call.split(',').next().unwrap_or_default();
        let log = file.contains("-wal>");
        let found = match name {
            "fdatasync" | "fsync" if log && call.ends_with("<unfinished ...>") => {
                syncing.insert(thread, true);
                None
            }
            "fdatasync" | "fsync" => (log && call.ends_with("= 0")).then_some(Call::Synced),
            "pwrite64" | "write" if log => Some(Call::Logged(call.to_owned())),
            "write" | "writev" | "sendto" | "sendmsg" if call.contains("\"HTTP/1.1 2") => {
                Some(Call::Answered)
            }
            _ if call.starts_with("<... fdatasync resumed>")
                || call.starts_with("<... fsync resumed>") =>
            {
                let log = syncing.remove(thread).unwrap_or_default();
                (log && call.ends_with("= 0")).then_some(Call::Synced)
            }
            _ => None,
        };
        calls.extend(found.map(|call| (at, call)));
    }
    calls
}

/// The whole trace, once the tracer has seen the end of the program.
async fn finished(trace: &Path) -> String {
    for _ in 0..500 {
        let text = String::from_utf8_lossy(&std::fs::read(trace).unwrap()).into_owned();
        if text.trim_end().ends_with("+++ killed by SIGKILL +++") {
            return text;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the tracer did not end");
}

fn must_trace() {
    let tried = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    let tried = tried
        .unwrap_or_else(|error| panic!("this test needs strace: apt-get install strace: {error}"));
    assert!(
        tried.status.success(),
        "this test needs ptrace, which is not permitted here: {}",
        String::from_utf8_lossy(&tried.stderr)
    );
}

/// Later than the answer before, by the tracer's clock too.
async fn moment() -> f64 {
    tokio::time::sleep(Duration::from_millis(5)).await;
    now()
}

/// Seconds, as the tracer writes them.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of today fit")]
fn now() -> f64 {
    Clock::system().now_ms() as f64 / 1_000.0
}
