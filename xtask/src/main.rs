//! Our build tool: `cargo xtask check` is what has to pass before a change is done.
//!
//! It needs nothing but cargo and git. Each part can be run alone: `cargo xtask layout`.
#![expect(
    clippy::print_stdout,
    reason = "a command-line tool speaks on standard output"
)]

mod arrows;
mod check;
mod codegen;
mod deps;
mod docs;
mod fuzz;
mod layout;
mod licence;
mod locales;
mod package;
mod run;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask check [--no-tests]   everything below that can fail, then fmt, clippy and tests
cargo xtask arrows               which crate may use which
cargo xtask deps                 licences, banned packages, sources
cargo xtask docs                 what the documents name exists
cargo xtask fuzz                 every fuzz target has seeds and a test that replays them
cargo xtask fuzz --target NAME [--minutes N]   runs one target with cargo-fuzz
cargo xtask layout               files, templates, leftovers
cargo xtask locales              the three message catalogues agree
cargo xtask codegen --schema-dir PATH
                                 the capability tables of tillsyn-apple
cargo xtask bench [NAME] [ARGS]  checkin, console, profiles or writes [default: checkin]
cargo xtask torture [ARGS]       the long crash test
cargo xtask cluster [--rounds N]  nodes of a cluster die, sleep and join [default: 10 rounds]
cargo xtask package [--binary FILE] [--out FOLDER]
                                 Debian package, container image, bill of materials [default: a release build, target/package]
cargo xtask timings [ARGS]       cargo build --timings
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let verb = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let done = match verb.as_str() {
        "check" => check::check(&rest),
        "arrows" => check::one("arrows", arrows::check),
        "deps" => check::one("deps", deps::check),
        "docs" => check::one("docs", docs::check),
        "fuzz" => fuzz::fuzz(&rest),
        "layout" => check::one("layout", layout::check),
        "locales" => check::one("locales", locales::check),
        "bench" => run::bench(&rest),
        "torture" => run::torture(&rest),
        "cluster" => run::cluster(&rest),
        "codegen" => codegen::codegen(&rest),
        "package" => package::package(&rest),
        "timings" => run::timings(&rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(true)
        }
        _ => {
            print!("{HELP}");
            Ok(false)
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("xtask {verb}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
