//! The one binary: CLI verbs, configuration, wiring, shutdown.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program prints"
)]

mod audit;
mod backup;
mod cmd;
mod config;
mod database;
mod demo;
mod doctor;
mod export;
mod files;
mod guard;
mod init;
mod keys;
mod logging;
mod manual;
mod node;
mod notify;
mod output;
mod own_tls;
mod serve;
mod signals;
mod sim;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Device management for iPhones, iPads and Macs
#[derive(Debug, Parser)]
#[command(name = "tillsyn", version, max_term_width = 100)]
struct Cli {
    /// Configuration file [default: tillsyn.toml, then /etc/tillsyn/tillsyn.toml]
    #[arg(long, global = true, env = "TILLSYN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Makes a new installation: folder, master key, database, organisation
    Init(init::InitArgs),
    /// Runs the server
    Serve,
    /// Brings the database to the schema of this program
    Migrate(serve::MigrateArgs),
    /// Writes everything in the database into one sealed file while the server runs, or checks such a file
    Backup(backup::BackupArgs),
    /// Restores a backup into the empty database of the configuration
    Restore(backup::RestoreArgs),
    /// Moves everything into another database, from SQLite to PostgreSQL or back; no server may run
    MoveDatabase(backup::MoveArgs),
    /// Checks an installation and says what to do
    Doctor(doctor::DoctorArgs),
    /// Lists and releases held requests, on the server itself
    #[command(subcommand)]
    Guard(guard::GuardCommand),
    /// Lists the master keys, and lets a new one take the place of the old, on the server itself
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Verifies and prints the audit trail, on the server itself or from a file
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Prints the enrollments for another server, one JSON object a line. Recorded in the audit trail
    ExportEnrollments(export::ExportArgs),
    /// Runs a server with a living fleet of simulated devices in a throw-away folder
    Demo(demo::DemoArgs),
    /// Simulates devices against any server
    Sim(sim::SimCommand),
    #[command(flatten)]
    Client(cmd::ClientCommand),
    /// Prints what makes a shell complete verbs and options
    Completions(manual::CompletionsArgs),
    /// Prints the manual page, or writes those of all verbs
    Man(manual::ManArgs),
    /// Prints the reference page of the configuration
    #[command(hide = true)]
    ConfigReference,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Fails only when one is installed already, and there is no other.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(run(cli));
    // A blocking call that hangs must not keep the process.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", words(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let file = cli.config.as_deref();
    match cli.verb {
        // A client tells its failures itself: they come from the server, with codes of their own.
        Verb::Client(command) => return Ok(cmd::run(file, command).await),
        Verb::Init(args) => init::run(file, args).await,
        Verb::Serve => serve::run(file).await,
        Verb::Migrate(args) => serve::migrate(file, args).await,
        Verb::Backup(args) => backup::back_up(file, args).await,
        Verb::Restore(args) => backup::restore(file, args).await,
        Verb::MoveDatabase(args) => backup::move_database(file, args).await,
        Verb::Doctor(args) => doctor::run(file, args).await,
        Verb::Guard(command) => guard::run(file, command).await,
        Verb::Keys(command) => keys::run(file, command).await,
        Verb::Audit(command) => audit::run(file, command).await,
        Verb::ExportEnrollments(args) => export::run(file, args).await,
        Verb::Demo(args) => demo::run(args).await,
        Verb::Sim(command) => sim::run(command).await,
        Verb::Completions(args) => manual::completions(&args),
        Verb::Man(args) => manual::man(&args),
        Verb::ConfigReference => {
            print!("{}", config::reference_page());
            Ok(())
        }
    }
    .map(|()| ExitCode::SUCCESS)
}

/// The error and its causes; of the product's own errors the text for people, without its code.
fn words(error: &anyhow::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause
            .downcast_ref::<tillsyn_core::Error>()
            .map_or_else(|| cause.to_string(), |e| e.detail.clone());
        if !words.iter().any(|earlier| earlier.contains(&text)) {
            words.push(text);
        }
    }
    words.join(": ")
}
