//! Carries imports out: step by step, each in one transaction that also moves the import on, so that a
//! worker that dies leaves nothing half done and its successor goes on from there.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;
use tillsyn_db::jobs::{self, ClaimedJob, Settled};
use tillsyn_db::{Tx, args};

use super::apply::JOB;
use super::parse::Table;
use super::row::Outcome;
use super::store::{Failure, ImportStatus, ImportView, find, find_in};
use super::work::{Chunk, actor_in};
use super::{ImportKind, groups_work, people, units};
use crate::actor::Actor;
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::ImportId;

const LEASE_MS: i64 = 2 * MINUTE_MS;
/// Rows of one transaction.
const ROWS: usize = 1_000;
/// Workers that an import may kill or outlive.
const ATTEMPTS: i64 = 20;

/// Carries out what is due.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    const ANY: &str =
        "SELECT id FROM job WHERE kind = 'import' AND status IN ('waiting', 'running') LIMIT 1";
    while core.db().query_optional(ANY, args![]).await?.is_some() {
        let (now, node) = (core.now_ms(), core.config().node.as_str());
        let claimed = jobs::claim(core.db(), &[JOB], node, now, LEASE_MS, 1).await?;
        let Some(job) = claimed.into_iter().next() else {
            break;
        };
        if let Err(error) = carry_out(core, &job).await {
            fail(core, &job, &error).await?;
        }
    }
    Ok(())
}

/// A fault that passes is tried again; what cannot be done ends the import with its reason.
async fn fail(core: &Core, job: &ClaimedJob, error: &Error) -> Result<(), Error> {
    let now = core.now_ms();
    let passes = matches!(
        error.kind,
        Kind::Unavailable | Kind::Internal | Kind::Conflict
    );
    if passes && job.attempt < ATTEMPTS {
        tracing::warn!(error = %error, "an import was interrupted; it goes on soon");
        let _ = jobs::retry(core.db(), job, now, now + 10 * SECOND_MS, error.code).await?;
        return Ok(());
    }
    let id = id_of(job)?;
    let input = (id, job.clone(), error.code, now);
    core.db()
        .write(input, |tx, (id, job, code, now)| {
            Box::pin(async move {
                if jobs::give_up(tx, job, *now, code).await? == Settled::Overtaken {
                    return Ok(());
                }
                finish_in(
                    tx,
                    &Actor::system(),
                    id,
                    ImportStatus::Failed,
                    Some(code),
                    *now,
                )
                .await
            })
        })
        .await
}

fn id_of(job: &ClaimedJob) -> Result<ImportId, Error> {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let id = payload["import"].as_str().and_then(ImportId::parse);
    id.ok_or_else(|| Error::internal("A job names no import."))
}

/// Everything that the steps of one import share.
pub(super) struct Task {
    pub(super) core: Core,
    pub(super) job: ClaimedJob,
    pub(super) import: ImportView,
    /// Without the rows that had errors when it began: they stay left out, whatever became of them.
    pub(super) table: Table,
    twice: Vec<Option<u64>>,
    shown: HashMap<u64, Outcome>,
}

async fn carry_out(core: &Core, job: &ClaimedJob) -> Result<(), Error> {
    let import = find(core, &id_of(job)?).await?;
    if !matches!(import.status, ImportStatus::Waiting | ImportStatus::Running) {
        let _ = jobs::complete(core.db(), job, core.now_ms()).await?;
        return Ok(());
    }
    let preview = import.preview(core)?;
    let shown: HashMap<u64, Outcome> = preview.iter().map(|row| (row.line, row.outcome)).collect();
    let mut table = import.table(core)?;
    table
        .rows
        .retain(|row| shown.get(&row.line) != Some(&Outcome::Error));
    let twice = match import.kind {
        ImportKind::People => people::twice(&table),
        _ => Vec::new(),
    };
    let task = Arc::new(Task {
        core: core.clone(),
        job: job.clone(),
        import,
        table,
        twice,
        shown,
    });
    let whole = match task.import.kind {
        ImportKind::Groups => groups_work::run(&task).await?,
        _ => rows(&task).await?,
    };
    if whole {
        end(&task).await?;
    }
    core.wake_reconciler();
    Ok(())
}

/// People and units: so many rows at a time. False when the import was ended, or is somebody else's by now.
async fn rows(task: &Arc<Task>) -> Result<bool, Error> {
    let total = task.table.rows.len();
    loop {
        let core = &task.core;
        let position = core
            .db()
            .write((task.clone(), core.now_ms()), |tx, (task, now)| {
                Box::pin(async move { step_in(tx, task, *now).await })
            })
            .await?;
        match position {
            None => return Ok(false),
            Some(position) if position >= total => return Ok(true),
            Some(_) => {}
        }
    }
}

/// One step; answers how far the import is. `None` when it was ended, or another worker has it.
async fn step_in(tx: &Tx, task: &Task, now_ms: i64) -> Result<Option<usize>, Error> {
    let Some((now, actor)) = held_in(tx, task, now_ms).await? else {
        return Ok(None);
    };
    let total = task.table.rows.len();
    let from = usize::try_from(now.position)
        .unwrap_or(usize::MAX)
        .min(total);
    let to = match task.import.kind {
        ImportKind::Units => total,
        _ => from.saturating_add(ROWS).min(total),
    };
    if from < to {
        let chunk = Chunk {
            table: &task.table,
            part: from..to,
            twice: &task.twice,
            shown: &task.shown,
            begun_at: now.applied_at.unwrap_or(now_ms),
            top: &now.unit_path,
            actor: &actor,
            now_ms,
        };
        let made = match task.import.kind {
            ImportKind::Units => units::carry_in(tx, &chunk).await?,
            _ => people::carry_in(tx, &chunk).await?,
        };
        let event =
            NewEvent::done("import.rows", "import", now.id.as_str(), &now.unit_id).with(json!({
                "from": from + 1, "to": to, "made": made.details,
                "digest": tillsyn_pki::hash::sha256_hex(made.ids.join("\n").as_bytes()),
            }));
        events::record(tx, &actor, now_ms, event).await?;
        move_on_in(tx, &now, to, made.failures, Vec::new()).await?;
    }
    Ok(Some(to))
}

/// The import as it is now and who carries it out, while this worker still holds it.
pub(super) async fn held_in(
    tx: &Tx,
    task: &Task,
    now_ms: i64,
) -> Result<Option<(ImportView, Actor)>, Error> {
    if jobs::extend(tx, &task.job, now_ms, LEASE_MS).await? == Settled::Overtaken {
        return Ok(None);
    }
    let now = find_in(tx, &task.import.id).await?;
    if !matches!(now.status, ImportStatus::Waiting | ImportStatus::Running) {
        let _ = jobs::complete(tx, &task.job, now_ms).await?;
        return Ok(None);
    }
    let kind = now.applied_kind.as_deref().unwrap_or_default();
    let by = now.applied_by.as_deref().unwrap_or_default();
    let actor = actor_in(tx, kind, by, now_ms).await?;
    crate::actor::authorize(&actor, now.kind.permission(), &now.unit_path)?;
    Ok(Some((now, actor)))
}

/// Notes how far the import is, with what went wrong on the way.
pub(super) async fn move_on_in(
    tx: &Tx,
    now: &ImportView,
    position: usize,
    failures: Vec<Failure>,
    plans: Vec<String>,
) -> Result<(), Error> {
    const MOVE: &str = "UPDATE import_file SET status = 'running', position = $2, failures = $3, \
        plans = $4 WHERE id = $1";
    let failures: Vec<&Failure> = now.failures.iter().chain(&failures).collect();
    let plans: Vec<&String> = now.plans.iter().chain(&plans).collect();
    let values = args![
        &now.id,
        i64::try_from(position).unwrap_or(i64::MAX),
        json!(failures).to_string(),
        json!(plans).to_string()
    ];
    tx.execute(MOVE, values).await?;
    Ok(())
}

async fn end(task: &Arc<Task>) -> Result<(), Error> {
    let core = &task.core;
    core.db()
        .write((task.clone(), core.now_ms()), |tx, (task, now)| {
            Box::pin(async move {
                let Some((import, actor)) = held_in(tx, task, *now).await? else {
                    return Ok(());
                };
                let _ = jobs::complete(tx, &task.job, *now).await?;
                finish_in(tx, &actor, &import.id, ImportStatus::Done, None, *now).await
            })
        })
        .await
}

async fn finish_in(
    tx: &Tx,
    actor: &Actor,
    id: &ImportId,
    status: ImportStatus,
    error: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    const END: &str = "UPDATE import_file SET status = $2, error = $3, file_sealed = NULL, \
        finished_at = $4 WHERE id = $1 AND status IN ('waiting', 'running')";
    if tx
        .execute(END, args![id, status.as_str(), error, now_ms])
        .await?
        == 0
    {
        return Ok(());
    }
    let found = find_in(tx, id).await?;
    let action = match status {
        ImportStatus::Failed => "import.failed",
        _ => "import.done",
    };
    let event = NewEvent::done(action, "import", id.as_str(), &found.unit_id).with(json!({
        "kind": found.kind.as_str(), "digest": found.digest, "rows": found.counts,
        "failures": found.failures.len(), "plans": found.plans, "error": error,
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(())
}
