//! `tillsyn backup`, `restore` and `move-database`, on the server itself.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tillsyn_core::backup::{self, Made, Restored};
use tillsyn_core::{Clock, Error};
use tillsyn_db::{Db, DbConfig};

use crate::config::Config;
use crate::files::Replacing;
use crate::output::say;
use crate::{database, files, keys};

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// File to write, or - for the standard output
    file: PathBuf,
    /// Overwrite the file if it exists
    #[arg(long)]
    replace: bool,
    /// Read the file to its last byte instead, and say whether it can be restored
    #[arg(long, conflicts_with = "replace")]
    check: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where from.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// File that `tillsyn backup` made
    file: PathBuf,
    /// Also end API tokens, directory tokens, open invitations and unused enrollment profiles: some may have
    /// been withdrawn since the backup
    #[arg(long)]
    end_grants: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct MoveArgs {
    /// URL of an empty database, as database.url has it
    #[arg(
        long,
        env = "TILLSYN_MOVE_TO",
        hide_env_values = true,
        value_name = "URL",
        required_unless_present = "undo"
    )]
    to: Option<String>,
    /// Move although a server seems to run; what it still writes is lost
    #[arg(long)]
    force: bool,
    /// Stay with, or go back to, the configured database after a move
    #[arg(long, conflicts_with = "force")]
    undo: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn back_up(file: Option<&Path>, args: BackupArgs) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let keys = keys::load(&config).await?;
    if args.check {
        let path = args.file.clone();
        let checked = tokio::task::spawn_blocking(move || backup::check(&keys, &path)).await??;
        print_made("Whole and readable", &checked, args.json)?;
        return Ok(());
    }
    let now_ms = Clock::system().now_ms();
    let to_output = args.file.as_os_str() == "-";
    // An existing file is told before anything is read.
    let part = if to_output {
        None
    } else {
        Some(Replacing::begin(&args.file, args.replace)?)
    };
    let db = database::open(&config).await?;
    let made = match part {
        None => {
            let out = std::io::stdout();
            backup::write(&db, &keys, now_ms, out)
                .await
                .map(|(_, made)| made)
        }
        Some(part) => into_file(&db, &keys, now_ms, part).await,
    };
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            db.close().await;
            return Err(error.into());
        }
    };
    let noted = backup::note_made(&db, now_ms, &made).await;
    db.close().await;
    if to_output {
        eprintln!(
            "{} rows, {} bytes, sha256 {}",
            made.rows, made.bytes, made.sha256
        );
    } else {
        print_made(
            &format!("Backup: {}", args.file.display()),
            &made,
            args.json,
        )?;
    }
    match noted {
        Ok(true) => {}
        Ok(false) => eprintln!(
            "Not noted in the audit trail: the schema is older than this program's. `tillsyn migrate` is next."
        ),
        Err(error) => eprintln!("Not noted in the audit trail: {}", error.detail),
    }
    Ok(())
}

async fn into_file(
    db: &Db,
    keys: &tillsyn_core::keys::KeyStore,
    now_ms: i64,
    part: Replacing,
) -> Result<Made, Error> {
    let file = part.file().map_err(|error| unwritable(&error))?;
    let out = BufWriter::with_capacity(128 * 1024, file);
    let (mut out, made): (BufWriter<File>, Made) = backup::write(db, keys, now_ms, out).await?;
    out.flush().map_err(|error| unwritable(&error))?;
    part.finish().map_err(|error| unwritable(&error))?;
    Ok(made)
}

fn unwritable(error: &std::io::Error) -> Error {
    let text = format!("The backup cannot be written: {error}");
    Error::new(tillsyn_core::Kind::Unavailable, "backup_file", text)
}

fn print_made(what: &str, made: &Made, json: bool) -> anyhow::Result<()> {
    if json {
        say!("{}", serde_json::to_string_pretty(made)?);
        return Ok(());
    }
    let header = &made.header;
    say!("{what}");
    say!(
        "  made {} by tillsyn {} from {}, schema version {}, master key {}",
        header.made_at,
        header.version,
        header.engine,
        header.schema,
        header.master_key_id
    );
    say!(
        "  {} rows of {} tables, {} bytes",
        made.rows,
        made.tables.len(),
        made.bytes
    );
    for (table, rows) in made.tables.iter().filter(|(_, rows)| **rows > 0) {
        say!("    {table}: {rows}");
    }
    say!("  sha256 {}", made.sha256);
    Ok(())
}

pub(crate) async fn restore(file: Option<&Path>, args: RestoreArgs) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let keys = keys::load(&config).await?;
    if let Some(folder) = config.sqlite_file().as_deref().and_then(Path::parent) {
        files::make_private_folder(folder)?;
    }
    let db = database::open_or_make(&config).await?;
    let clock = Clock::system();
    let done = backup::restore(&db, &keys, &clock, &args.file, args.end_grants).await;
    db.close().await;
    let restored = done?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&restored)?);
    } else {
        print_restored(&restored);
    }
    Ok(())
}

fn print_restored(restored: &Restored) {
    let settled = &restored.settled;
    say!(
        "Restored {} rows of the backup of {}; schema version {}.",
        restored.rows,
        restored.header.made_at,
        restored.schema
    );
    if restored.went_on {
        say!("An earlier run had loaded the rows; this one did the rest.");
    }
    say!("Ended, because what happened since the backup is not known:");
    say!("  {} sessions: everybody signs in again", settled.sessions);
    let commands: i64 = settled.commands.values().sum();
    say!(
        "  {commands} commands that devices may have had since; whoever still wants them sends them again"
    );
    for (kind, count) in &settled.commands {
        say!("    {kind}: {count}");
    }
    say!("  {} requests for a second person", settled.approvals);
    say!("  {} campaigns", settled.campaigns);
    say!("  {} messages that waited to be sent", settled.mail);
    let grants = &settled.grants;
    if settled.grants_ended {
        say!("Ended as asked for (but accounts):");
    } else {
        say!(
            "Still open; what was withdrawn since the backup is open again. Look at it, or restore with \
             --end-grants:"
        );
    }
    say!(
        "  {} accounts of administrators and services",
        grants.accounts
    );
    say!("  {} API tokens", grants.api_tokens);
    say!("  {} tokens of directories", grants.directory_tokens);
    say!("  {} invitations", grants.invitations);
    say!(
        "  {} unused enrollment profiles",
        grants.enrollment_profiles
    );
    say!("Next: `tillsyn doctor`, `tillsyn audit verify`, then start the server.");
}

pub(crate) async fn move_database(file: Option<&Path>, args: MoveArgs) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let source = database::open(&config).await?;
    let Some(url) = args.to.filter(|_| !args.undo) else {
        let undone = backup::undo_transfer(&source).await;
        source.close().await;
        if undone? {
            say!("This database is in use again. What another one has learned since is not in it.");
        } else {
            say!("This database was not moved; nothing was changed.");
        }
        return Ok(());
    };
    if url == config.database.url.expose() {
        bail!("--to is the configured database itself");
    }
    let keys = keys::load(&config).await?;
    let settings = DbConfig {
        url,
        pool: config.database.pool,
    };
    let target = Db::open(&settings)
        .await
        .context("the target cannot be opened (--to)")?;
    let done = backup::transfer(&source, &target, &keys, &Clock::system(), args.force).await;
    target.close().await;
    source.close().await;
    let moved = done?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&moved)?);
        return Ok(());
    }
    if moved.went_on {
        say!("An earlier run had moved the rows.");
    } else {
        say!(
            "Moved {} rows of {} tables.",
            moved.rows,
            moved.tables.len()
        );
    }
    say!(
        "Now set database.url to the new database ({}) and start the server.",
        moved.to_engine
    );
    say!(
        "The old one keeps its rows; no server starts on it any more. Delete it when the new one has a backup."
    );
    Ok(())
}
