//! The end of a hold, and what becomes of held batches once somebody decided (security §6).

use serde_json::json;
use tillsyn_db::{Row, Tx, args};

use super::cancel::withdraw_in;
use super::guard::{self, Count, Decision};
use super::request::Act;
use super::status::CommandStatus;
use super::store;
use crate::actor::{Actor, ActorKind, Permission, may};
use crate::campaigns;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::guard::{refuse_frozen_in, within_in};
use crate::ids::BatchId;
use crate::self_service;
use crate::settings::{self, GuardSettings};

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
                let mut due = three(&rows)?;
                let ids = due.iter().map(|(id, ..)| id.clone()).collect();
                let stale = self_service::stale_in(tx, ids).await?;
                withdraw_in(tx, &Actor::system(), stale.clone(), "not_yours", *now).await?;
                let all = due.len();
                due.retain(|(id, ..)| !stale.contains(id));
                queue(tx, &due, Some("hold_over"), "system", *now).await?;
                Ok::<_, Error>(all)
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
        JOIN org_unit u ON u.id = c.org_unit_id JOIN device d ON d.id = c.device_id \
        WHERE c.status = 'held' AND c.held_until IS NULL AND u.path >= $1 AND u.path < $2";
    const GROUPED: &str = " GROUP BY b.id, b.request_type, b.act, c.status_reason, b.reason, b.actor_kind, b.actor_id, \
        b.created_at ORDER BY b.created_at LIMIT 1000";
    may(actor, Permission::DevicesRead)?;
    let scope = args![actor.unit_path.as_str(), prefix_end(&actor.unit_path)];
    let sql = format!("{LIST}{}{GROUPED}", actor.platform_filter());
    let rows: Vec<Row> = core
        .db()
        .read((sql, scope), |tx, (sql, scope)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, scope.clone()).await?) })
        })
        .await?;
    rows.iter()
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

/// Ends the hold of a batch before its time; by the server's own shell alone.
///
/// # Errors
/// Forbidden for anybody else; not found when nothing of the batch is on its hold.
pub async fn end_hold(core: &Core, actor: &Actor, id: &BatchId) -> Result<usize, Error> {
    const ON_HOLD: &str = "SELECT id, device_id, channel_id, org_unit_id FROM command \
        WHERE batch_id = $1 AND status = 'held' AND held_until IS NOT NULL ORDER BY id";
    if actor.kind != ActorKind::Server {
        return Err(Error::forbidden(
            "release_on_server",
            "A hold ends before its time on the server itself only.",
        ));
    }
    let input = (id.clone(), actor.clone(), core.now_ms());
    let ended = core
        .db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let rows = tx.fetch_all(ON_HOLD, args![id]).await?;
                let Some(first) = rows.first() else {
                    return Err(Error::not_found("held batch"));
                };
                let held = three(&rows)?;
                queue(tx, &held, Some("released"), &actor.id, *now).await?;
                let unit = first.text(3)?;
                let event = NewEvent::done("guard.release", "command_batch", id.as_str(), &unit)
                    .with(json!({ "commands": held.len() }));
                events::record(tx, actor, *now, event).await?;
                Ok(held.len())
            })
        })
        .await?;
    core.wake_push();
    Ok(ended)
}

/// The devices for which commands of a batch wait for somebody.
pub(crate) async fn waiting_devices_in(tx: &Tx, batch_id: &str) -> Result<Vec<String>, Error> {
    const LIST: &str = "SELECT DISTINCT device_id FROM command WHERE batch_id = $1 \
        AND status = 'held' AND held_until IS NULL ORDER BY device_id";
    let rows = tx.fetch_all(LIST, args![batch_id]).await?;
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

/// Sends what somebody else agreed to. What cannot be undone still takes the hold, and counts as the
/// asker's. False when the campaign that it was asked for in does not cover it any more, or a person asked
/// for it on a device that is not theirs any more.
pub(crate) async fn release_in(
    tx: &Tx,
    actor: &Actor,
    batch_id: &str,
    asked_by: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    const WAITING: &str = "SELECT c.id, c.device_id, c.channel_id, c.act, b.campaign_id FROM command c \
        JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.batch_id = $1 AND c.status = 'held' AND c.held_until IS NULL ORDER BY c.id";
    const PATHS: &str = "SELECT DISTINCT u.path FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids}";
    const HOLD: &str = "UPDATE command SET status_reason = 'hold', held_until = $2, updated_at = $1, \
        expires_at = $2 + life_ms WHERE status = 'held' AND id {ids}";
    let rows = tx.fetch_all(WAITING, args![batch_id]).await?;
    let Some(first) = rows.first() else {
        return Err(Error::not_found("held batch"));
    };
    let held = three(&rows)?;
    let ids = held.iter().map(|(id, ..)| id.clone()).collect();
    if !self_service::stale_in(tx, ids).await?.is_empty() {
        return Ok(false);
    }
    let devices: Vec<String> = held.iter().map(|(_, device, _)| device.clone()).collect();
    let paths = tx.fetch_all_in(PATHS, devices.clone(), args![]).await?;
    let paths = paths
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<Vec<_>, _>>()?;
    refuse_frozen_in(tx, actor, paths.iter().map(String::as_str)).await?;
    let act = first.opt_text(3)?.as_deref().and_then(Act::parse);
    let campaign = first.opt_text(4)?;
    if let (Some(campaign), Some(act)) = (&campaign, act)
        && !campaigns::covers_in(tx, campaign, act, devices.clone(), now_ms).await?
    {
        return Ok(false);
    }
    let settings: GuardSettings = settings::read_in(tx, settings::GUARD).await?;
    let paths = paths.iter().map(String::as_str);
    let settings = within_in(tx, &settings, paths, devices, now_ms).await?;
    let decision = match act {
        Some(act) if act.is_slow() => guard::hold(true, &settings, now_ms),
        _ => Decision::AtOnce,
    };
    if let Decision::Hold { until } = decision {
        let ids = held.iter().map(|(id, ..)| id.clone()).collect();
        tx.execute_in(HOLD, ids, args![now_ms, until]).await?;
        for (id, device, _) in &held {
            let status = CommandStatus::Held;
            let by = Some(actor.id.as_str());
            store::transition(tx, id, device, status, Some("hold"), by, now_ms).await?;
        }
    } else {
        queue(tx, &held, Some("released"), &actor.id, now_ms).await?;
    }
    if let Some(act) = act {
        let made: Vec<_> = held
            .into_iter()
            .map(|(id, device, _)| (id, device))
            .collect();
        let count = Count {
            actor_id: asked_by,
            campaign_id: campaign.as_deref(),
            agreed: true,
        };
        guard::count_in(tx, act.as_str(), count, &made, now_ms).await?;
        if let Some(campaign) = &campaign {
            campaigns::spent_in(tx, campaign, &made, now_ms).await?;
        }
    }
    Ok(true)
}

/// Why a batch that waited is withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Withdrawn {
    Declined,
    TakenBack,
    Lapsed,
    Overtaken,
}

/// Withdraws the commands of a batch that wait for somebody. The event is the request's.
pub(crate) async fn withdraw_batch_in(
    tx: &Tx,
    actor: &Actor,
    batch_id: &str,
    how: Withdrawn,
    now_ms: i64,
) -> Result<(), Error> {
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) SELECT id, device_id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), \
        CAST($5 AS TEXT) FROM command WHERE batch_id = $1 AND status = 'held' AND held_until IS NULL";
    const END: &str = "UPDATE command SET status = $3, status_reason = $4, finished = 1, \
        secret_sealed = NULL, updated_at = $2 WHERE batch_id = $1 AND status = 'held' \
        AND held_until IS NULL";
    let (status, reason) = match how {
        Withdrawn::Declined => (CommandStatus::Cancelled, "declined"),
        Withdrawn::TakenBack => (CommandStatus::Cancelled, "withdrawn"),
        Withdrawn::Overtaken => (CommandStatus::Cancelled, "request_overtaken"),
        Withdrawn::Lapsed => (CommandStatus::Expired, "request_lapsed"),
    };
    let status = status.as_str();
    let by = actor.id.as_str();
    tx.execute(STORY, args![batch_id, now_ms, status, reason, by])
        .await?;
    tx.execute(END, args![batch_id, now_ms, status, reason])
        .await?;
    Ok(())
}

fn three(rows: &[Row]) -> Result<Vec<(String, String, String)>, Error> {
    let three = rows
        .iter()
        .map(|r| Ok((r.text(0)?, r.text(1)?, r.text(2)?)));
    three.collect()
}
