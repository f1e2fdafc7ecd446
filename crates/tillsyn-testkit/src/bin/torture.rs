//! The long crash test: `cargo xtask torture --rounds 200 --seed 7 --engine sqlite`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a tool for the shell"
)]

use std::process::ExitCode;

use tillsyn_testkit::Engine;
use tillsyn_testkit::torture::Torture;

const HELP: &str = "\
cargo xtask torture [--rounds N] [--seed S] [--engine sqlite|postgres] [--devices N] [--program FILE]
  --rounds N       how often the server is killed on each engine (default 200)
  --seed S         plays a run again
  --engine NAME    only this engine
  --devices N      simulated devices (default 12)
  --program FILE   the tillsyn program (default: beside this one)
";

fn main() -> ExitCode {
    let own = std::env::current_exe().unwrap();
    let mut torture = Torture::new(own.with_file_name("tillsyn"), Engine::Sqlite);
    torture.kills = 200;
    let mut engines = vec![Engine::Sqlite, Engine::Postgres];
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        let known = match word.as_str() {
            "--rounds" => value.parse().map(|n| torture.kills = n).is_ok(),
            "--seed" => value.parse().map(|n| torture.seed = n).is_ok(),
            "--devices" => value.parse().map(|n| torture.devices = n).is_ok(),
            "--program" => {
                torture.program = value.into();
                true
            }
            "--engine" => {
                engines.retain(|engine| format!("{engine:?}").eq_ignore_ascii_case(&value));
                !engines.is_empty()
            }
            _ => false,
        };
        if !known {
            print!("{HELP}");
            return ExitCode::FAILURE;
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    for engine in engines {
        let torture = Torture {
            engine,
            ..torture.clone()
        };
        println!("{engine:?}, seed {}", torture.seed);
        println!("{}", runtime.block_on(torture.run()));
    }
    ExitCode::SUCCESS
}
