//! `tillsyn guard`: held requests, released on the server itself (security §6).

use std::path::Path;

use anyhow::Context as _;
use tillsyn_core::ids::BatchId;
use tillsyn_core::{Actor, commands};

use crate::config::Config;
use crate::output::say;
use crate::{database, node};

/// What the guard holds.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum GuardCommand {
    /// Lists the requests that wait for a release
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Releases one of them: its commands go to the devices. Recorded in the audit trail
    Release {
        /// Id of the request, from `guard list`
        batch: String,
    },
}

pub(crate) async fn run(file: Option<&Path>, command: GuardCommand) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = match command {
        GuardCommand::List { json } => list(&core, json).await,
        GuardCommand::Release { batch } => release(&core, &batch).await,
    };
    core.db().close().await;
    done
}

async fn list(core: &tillsyn_core::Core, json: bool) -> anyhow::Result<()> {
    let held = commands::held_batches(core).await?;
    if json {
        say!("{}", serde_json::to_string_pretty(&held)?);
        return Ok(());
    }
    if held.is_empty() {
        say!("Nothing is held.");
    }
    for batch in held {
        say!(
            "{}  {} devices  {}  asked by {} {}  held: {}",
            batch.id,
            batch.commands,
            batch.act.as_deref().unwrap_or(&batch.request_type),
            batch.actor_kind,
            batch.actor_id,
            batch.held_reason,
        );
        if let Some(reason) = &batch.reason {
            say!("    {reason}");
        }
    }
    Ok(())
}

async fn release(core: &tillsyn_core::Core, batch: &str) -> anyhow::Result<()> {
    let id = BatchId::parse(batch)
        .with_context(|| format!("`{batch}` is no id of a request; see `tillsyn guard list`"))?;
    let released = commands::release_batch(core, &Actor::server(), &id).await?;
    say!("Released: {released} commands go to their devices at the next check-in.");
    Ok(())
}
