//! What a signed idle check-in costs the server, in CPU and statements, beside the floor of the same run:
//! HTTP and signature verification without any product behind it. Also the drain of one command.
//!
//! `cargo bench -p tillsyn-testkit --bench checkin -- [--devices N] [--requests N] [--rounds N]
//! [--engine sqlite|postgres]`. The server is a child process on one core, the load is on the other; CPU is
//! what the operating system accounts to the server's process (and, for PostgreSQL, to the database's).
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints its figures and fails by panicking"
)]

mod load;
mod server;

use std::process::Stdio;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str, default: usize| {
        args.iter()
            .position(|a| a == name)
            .and_then(|i| args.get(i + 1))
            .and_then(|v| v.parse().ok())
            .unwrap_or(default)
    };
    let engine = args
        .iter()
        .position(|a| a == "--engine")
        .and_then(|i| args.get(i + 1))
        .map_or("sqlite", String::as_str);
    let devices = value("--devices", 1_000);
    if args.iter().any(|a| a == "--serve") {
        server::run(engine, devices);
        return;
    }
    // `cargo test --benches` and nextest ask for a list; there is nothing to list.
    if args.iter().any(|a| a == "--list" || a == "--test") {
        return;
    }
    let requests = value("--requests", 20_000);
    let rounds = value("--rounds", 3);
    let own = std::env::current_exe().unwrap();
    let mut command = std::process::Command::new("taskset");
    command.args(["-c", "0"]).arg(own).arg("--serve");
    command.args(["--engine", engine, "--devices", &devices.to_string()]);
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    load::measure(child, engine, devices, requests, rounds);
}
