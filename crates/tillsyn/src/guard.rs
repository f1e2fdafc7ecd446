//! `tillsyn guard`: held requests, released on the server itself (security §6).

use std::path::Path;

use anyhow::Context as _;
use tillsyn_core::ids::{BatchId, PlanId};
use tillsyn_core::plans::{self, Approval, PlanStatus, PlanView};
use tillsyn_core::{Actor, Kind, commands};

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
    /// Releases one of them: its commands go to the devices, or its plan is carried out. Recorded in the
    /// audit trail
    Release {
        /// Id of the request or plan, from `guard list`
        id: String,
    },
}

pub(crate) async fn run(file: Option<&Path>, command: GuardCommand) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = match command {
        GuardCommand::List { json } => list(&core, json).await,
        GuardCommand::Release { id } => release(&core, &id).await,
    };
    core.db().close().await;
    done
}

async fn list(core: &tillsyn_core::Core, json: bool) -> anyhow::Result<()> {
    let held = commands::held_batches(core).await?;
    let waiting = plans::waiting_plans(core, &Actor::server()).await?;
    if json {
        let plans: Vec<_> = waiting.iter().map(as_json).collect();
        let all = serde_json::json!({ "commands": held, "plans": plans });
        say!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    if held.is_empty() && waiting.is_empty() {
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
    for plan in waiting {
        say!(
            "{}  plan {}  takes profiles from {} devices  asked by {}",
            plan.id,
            plan.change.kind(),
            plan.summary.removes_from,
            plan.asked_by.as_deref().unwrap_or(&plan.created_by),
        );
        if let Some(reason) = &plan.reason {
            say!("    {reason}");
        }
    }
    Ok(())
}

fn as_json(plan: &PlanView) -> serde_json::Value {
    serde_json::json!({
        "id": plan.id, "change": plan.change.kind(), "removes_from": plan.summary.removes_from,
        "asked_by": plan.asked_by, "reason": plan.reason, "created_at": plan.created_at,
    })
}

async fn release(core: &tillsyn_core::Core, id: &str) -> anyhow::Result<()> {
    let unknown = || format!("`{id}` is no id of a request; see `tillsyn guard list`");
    let batch = BatchId::parse(id).with_context(unknown)?;
    let plan = PlanId::parse(id).with_context(unknown)?;
    let waits = match plans::find(core, &Actor::server(), &plan).await {
        Ok(found) => found.status == PlanStatus::Waiting,
        Err(error) if error.kind == Kind::NotFound => false,
        Err(error) => return Err(error.into()),
    };
    if waits {
        let done = plans::apply(core, &Actor::server(), &plan, Approval::default()).await?;
        say!("Released: the plan is {}.", done.status.as_str());
        return Ok(());
    }
    let released = commands::release_batch(core, &Actor::server(), &batch).await?;
    say!("Released: {released} commands go to their devices at the next check-in.");
    Ok(())
}
