//! The end of a hold, and the release of held batches on the server itself (security §6).

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::guard::{self, HeldReason};
use super::request::Act;
use super::status::CommandStatus;
use super::store;
use crate::actor::{Actor, ActorKind, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::BatchId;

/// Rows of one transaction.
const CHUNK: i64 = 500;

const DUE: &str = "SELECT id, device_id, channel_id FROM command WHERE status = 'held' \
    AND held_until IS NOT NULL AND held_until <= $1 ORDER BY held_until LIMIT $2";
const QUEUE: &str = "UPDATE command SET status = 'queued', status_reason = NULL, held_until = NULL, \
    updated_at = $1, expires_at = $1 + life_ms WHERE status = 'held' AND id {ids}";

/// Queues the held commands whose time has come; returns how many.
pub(crate) async fn release_due_holds(core: &Core) -> Result<usize, Error> {
    let now_ms = core.now_ms();
    let released = core
        .db()
        .write(now_ms, |tx, now| {
            Box::pin(async move {
                let rows = tx.fetch_all(DUE, args![*now, CHUNK]).await?;
                let due = rows
                    .iter()
                    .map(|r| Ok((r.text(0)?, r.text(1)?, r.text(2)?)))
                    .collect::<Result<Vec<_>, Error>>()?;
                queue(tx, &due, Some("hold_over"), "system", *now).await?;
                Ok::<_, Error>(due.len())
            })
        })
        .await?;
    if released > 0 {
        core.wake_push();
    }
    Ok(released)
}

async fn queue(
    tx: &Tx,
    commands: &[(String, String, String)],
    reason: Option<&str>,
    actor_id: &str,
    now_ms: i64,
) -> Result<(), Error> {
    if commands.is_empty() {
        return Ok(());
    }
    let ids = commands.iter().map(|(id, ..)| id.clone()).collect();
    tx.execute_in(QUEUE, ids, args![now_ms]).await?;
    for (id, device, _) in commands {
        let status = CommandStatus::Queued;
        store::transition(tx, id, device, status, reason, Some(actor_id), now_ms).await?;
    }
    let channels: Vec<String> = commands
        .iter()
        .map(|(.., channel)| channel.clone())
        .collect();
    store::request_pushes(tx, &channels, now_ms).await
}

/// A batch that waits for somebody.
#[derive(Clone, Debug, serde::Serialize)]
pub struct HeldBatch {
    pub id: BatchId,
    pub request_type: String,
    pub act: Option<String>,
    pub held_reason: String,
    pub commands: i64,
    pub reason: Option<String>,
    pub actor_kind: String,
    pub actor_id: String,
    pub created_at: i64,
}

/// All batches that wait for a release, oldest first: for the server's own shell.
pub async fn held_batches(core: &Core) -> Result<Vec<HeldBatch>, Error> {
    list_held_batches(core, &Actor::server()).await
}

/// The batches of the actor's scope that wait for a release, oldest first.
pub async fn list_held_batches(core: &Core, actor: &Actor) -> Result<Vec<HeldBatch>, Error> {
    const LIST: &str = "SELECT b.id, b.request_type, b.act, c.status_reason, count(*), b.reason, \
        b.actor_kind, b.actor_id, b.created_at FROM command c JOIN command_batch b ON b.id = c.batch_id \
        JOIN org_unit u ON u.id = c.org_unit_id \
        WHERE c.status = 'held' AND c.held_until IS NULL AND u.path >= $1 AND u.path < $2 \
        GROUP BY b.id, b.request_type, b.act, c.status_reason, b.reason, b.actor_kind, b.actor_id, \
        b.created_at ORDER BY b.created_at LIMIT 1000";
    may(actor, Permission::DevicesRead)?;
    let scope = args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)];
    core.db()
        .query_all(LIST, scope)
        .await?
        .iter()
        .map(|row| {
            Ok(HeldBatch {
                id: BatchId::from_store(row.text(0)?),
                request_type: row.text(1)?,
                act: row.opt_text(2)?,
                held_reason: row.opt_text(3)?.unwrap_or_default(),
                commands: row.i64(4)?,
                reason: row.opt_text(5)?,
                actor_kind: row.text(6)?,
                actor_id: row.text(7)?,
                created_at: row.i64(8)?,
            })
        })
        .collect()
}

/// Releases a held batch; `tillsyn guard release` on the server is the only caller until approvals come.
///
/// # Errors
/// Forbidden for anybody but the server's own shell; not found when nothing of the batch is held.
pub async fn release_batch(core: &Core, actor: &Actor, id: &BatchId) -> Result<usize, Error> {
    const HELD: &str = "SELECT id, device_id, channel_id, act, org_unit_id, status_reason FROM command \
        WHERE batch_id = $1 AND status = 'held' ORDER BY id";
    if actor.kind != ActorKind::Server {
        return Err(Error::forbidden(
            "release_on_server",
            "A held request is released on the server itself: tillsyn guard release.",
        ));
    }
    let input = (id.clone(), actor.clone(), core.now_ms());
    let released = core
        .db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let rows = tx.fetch_all(HELD, args![id]).await?;
                let Some(first) = rows.first() else {
                    return Err(Error::not_found("held batch"));
                };
                let act = first.opt_text(3)?.as_deref().and_then(Act::parse);
                let unit = first.text(4)?;
                let held = rows
                    .iter()
                    .map(|r| Ok((r.text(0)?, r.text(1)?, r.text(2)?)))
                    .collect::<Result<Vec<_>, Error>>()?;
                queue(tx, &held, Some("released"), &actor.id, *now).await?;
                if let Some(act) = act {
                    // One on its hold was counted when it was asked for.
                    let mut made = Vec::new();
                    for row in &rows {
                        if row.opt_text(5)?.as_deref() != Some(HeldReason::Hold.as_str()) {
                            made.push((row.text(0)?, row.text(1)?));
                        }
                    }
                    guard::count_in(tx, act, &actor.id, &made, *now).await?;
                }
                let event = NewEvent::done("guard.release", "command_batch", id.as_str(), &unit)
                    .with(json!({ "commands": held.len(), "act": act.map(Act::as_str) }));
                events::record(tx, actor, *now, event).await?;
                Ok(held.len())
            })
        })
        .await?;
    core.wake_push();
    Ok(released)
}
