//! `tillsyn guard`: what waits for a second person, released on the server itself only where there is
//! nobody else (security §6), and stopping everything destructive.

use std::path::Path;

use anyhow::Context as _;
use tillsyn_core::approvals::{self, ApprovalFilter, ApprovalView};
use tillsyn_core::ids::ApprovalId;
use tillsyn_core::{Actor, Core, guard};

use crate::config::Config;
use crate::output::say;
use crate::{database, node};

/// What the guard holds.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum GuardCommand {
    /// Lists what waits for a second person, and what is frozen
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Stands in for the second person, where no other administrator could be it. Recorded in the audit
    /// trail
    Release {
        /// Id of the request, or of the batch, plan or campaign that waits, from `guard list`
        id: String,
    },
    /// Withdraws everything destructive that no device has yet, cancels what waits, and freezes new
    /// destructive acts until two people end that
    Stop {
        /// Why, for the audit trail
        #[arg(long)]
        reason: Option<String>,
    },
}

pub(crate) async fn run(file: Option<&Path>, command: GuardCommand) -> anyhow::Result<()> {
    let config = Config::load(file)?;
    let db = database::open(&config).await?;
    let core = node::open_core(&config, db).await?;
    let done = match command {
        GuardCommand::List { json } => list(&core, json).await,
        GuardCommand::Release { id } => release(&core, &id).await,
        GuardCommand::Stop { reason } => stop(&core, reason.as_deref()).await,
    };
    core.db().close().await;
    done
}

async fn waiting(core: &Core) -> anyhow::Result<Vec<ApprovalView>> {
    let filter = ApprovalFilter {
        waiting: Some(true),
    };
    let server = Actor::server();
    let page = approvals::list_approvals(core, &server, filter, None, Some(1_000)).await?;
    Ok(page.items)
}

async fn list(core: &Core, json: bool) -> anyhow::Result<()> {
    let waiting = waiting(core).await?;
    let freezes = guard::freezes(core, &Actor::server()).await?;
    if json {
        let frozen: Vec<_> = freezes
            .iter()
            .filter_map(|freeze| freeze.known.as_ref())
            .map(|freeze| {
                serde_json::json!({
                    "id": freeze.id, "unit": freeze.unit_name, "frozen_by": freeze.frozen_by_name,
                    "frozen_at": freeze.frozen_at, "reason": freeze.reason,
                })
            })
            .collect();
        let approvals: Vec<_> = waiting.iter().map(as_json).collect();
        let all = serde_json::json!({ "approvals": approvals, "freezes": frozen });
        say!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    for freeze in freezes.iter().filter_map(|freeze| freeze.known.as_ref()) {
        say!(
            "Frozen: {}, by {}. Nothing destructive begins there.",
            freeze.unit_name,
            freeze.frozen_by_name
        );
    }
    if waiting.is_empty() {
        say!("Nothing is held.");
    }
    for request in waiting {
        say!(
            "{}  {} {}  {} devices  asked by {}  held: {}",
            request.id,
            request.kind,
            request.act.as_deref().unwrap_or_default(),
            request.targets,
            request.asked_by_name,
            request.cause,
        );
        if let Some(reason) = &request.reason {
            say!("    {reason}");
        }
    }
    Ok(())
}

fn as_json(request: &ApprovalView) -> serde_json::Value {
    serde_json::json!({
        "id": request.id, "kind": request.kind, "subject_id": request.change.subject(),
        "act": request.act, "targets": request.targets, "cause": request.cause,
        "asked_by": request.asked_by, "asked_by_name": request.asked_by_name,
        "reason": request.reason, "asked_at": request.asked_at, "expires_at": request.expires_at,
    })
}

async fn release(core: &Core, id: &str) -> anyhow::Result<()> {
    let given = ApprovalId::parse(id)
        .with_context(|| format!("`{id}` is no id of a request; see `tillsyn guard list`"))?;
    let done = approvals::approve(core, &Actor::server(), &given, None).await?;
    say!("Released: the request is {}.", done.status.as_str());
    Ok(())
}

async fn stop(core: &Core, reason: Option<&str>) -> anyhow::Result<()> {
    let done = guard::stop(core, &Actor::server(), reason).await?;
    say!(
        "Stopped: {} commands withdrawn, {} requests and {} campaigns ended. Nothing destructive begins \
         until two people end the freeze.",
        done.commands,
        done.approvals,
        done.campaigns
    );
    Ok(())
}
