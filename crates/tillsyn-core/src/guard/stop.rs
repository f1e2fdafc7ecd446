//! The panic stop (S54): everything destructive that no device has yet is withdrawn, what waits for somebody
//! is cancelled, campaigns end, and nothing new begins until two people say so.

use serde_json::json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::hash::sha256_hex;

use super::freeze::active_in;
use crate::actor::{Actor, Permission};
use crate::approvals::who;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::new_uuid;

/// The permissions of destructive acts: whoever holds one may stop them all within their own scope.
pub const DESTRUCTIVE: &[Permission] = &[
    Permission::DevicesErase,
    Permission::DevicesRetire,
    Permission::DevicesLock,
    Permission::DevicesLostMode,
    Permission::DevicesClearPasscode,
    Permission::DevicesUsers,
    Permission::CertificatesRevoke,
    Permission::CommandsRaw,
    Permission::AssignmentsWrite,
];

/// Commands of one transaction.
const CHUNK: i64 = 500;

/// What a stop did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stopped {
    /// Commands that no device had yet.
    pub commands: u64,
    /// Requests that waited for somebody.
    pub approvals: u64,
    pub campaigns: u64,
}

/// Whether the actor may stop everything destructive of their scope.
pub fn may_stop(actor: &Actor) -> bool {
    DESTRUCTIVE
        .iter()
        .any(|permission| actor.holds(*permission))
}

/// Stops and freezes the actor's whole scope. Doing it again stops what came since.
///
/// # Errors
/// Forbidden for whoever may do nothing destructive.
pub async fn stop(core: &Core, actor: &Actor, reason: Option<&str>) -> Result<Stopped, Error> {
    if !may_stop(actor) {
        return Err(Error::forbidden(
            "permission_missing",
            "Whoever may send something destructive may stop it.",
        ));
    }
    let reason = reason.map(|text| text.trim().chars().take(500).collect::<String>());
    let reason = reason.filter(|text| !text.is_empty());
    let input = (actor.clone(), reason, core.now_ms());
    let (mut stopped, unit) = core
        .db()
        .write(input, |tx, (actor, reason, now)| {
            Box::pin(async move { freeze_in(tx, actor, reason.as_deref(), *now).await })
        })
        .await?;
    stopped.commands = sweep(core, actor, &unit).await?;
    Ok(stopped)
}

/// First the freeze: what is enqueued beside it either sees it or is found by the sweep behind it.
async fn freeze_in(
    tx: &Tx,
    actor: &Actor,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(Stopped, Unit), Error> {
    const UNIT: &str = "SELECT id, path FROM org_unit WHERE path = $1";
    const ROOT: &str = "SELECT id, path FROM org_unit WHERE parent_id IS NULL";
    const FREEZE: &str = "INSERT INTO guard_freeze (id, org_unit_id, reason, frozen_by, frozen_at) \
        VALUES ($1, $2, $3, $4, $5)";
    // Only what ends a freeze still waits for its second person.
    const APPROVALS: &str = "SELECT id FROM approval WHERE status = 'waiting' \
        AND kind <> 'unfreeze' AND org_unit_id IN \
        (SELECT id FROM org_unit WHERE path >= $1 AND path < $2) ORDER BY id";
    const CANCEL: &str = "UPDATE approval SET status = 'cancelled', decided_by = $1, \
        decided_at = $2, decided_reason = $3, change_sealed = NULL WHERE id {ids}";
    const PLANS: &str = "UPDATE plan SET status = 'cancelled' WHERE status = 'waiting' \
        AND org_unit_id IN (SELECT id FROM org_unit WHERE path >= $1 AND path < $2)";
    const CAMPAIGNS: &str = "SELECT id FROM campaign WHERE status IN ('waiting', 'active') \
        AND org_unit_id IN (SELECT id FROM org_unit WHERE path >= $1 AND path < $2) ORDER BY id";
    const END: &str = "UPDATE campaign SET status = 'stopped' WHERE id {ids}";
    let row = if actor.unit_path.is_empty() {
        tx.fetch_one(ROOT, args![]).await?
    } else {
        tx.fetch_one(UNIT, args![actor.unit_path.as_str()]).await?
    };
    let (unit_id, path) = (row.text(0)?, row.text(1)?);
    let by = who(actor);
    let active = active_in(tx).await?;
    let held = active.iter().find(|freeze| freeze.unit_id == unit_id);
    let id = held.map_or_else(|| new_uuid(now_ms).to_string(), |freeze| freeze.id.clone());
    if held.is_none() {
        let values = args![id.as_str(), unit_id.as_str(), reason, by, now_ms];
        tx.execute(FREEZE, values).await?;
    }
    let range = || args![path.as_str(), prefix_end(&path)];
    let approvals = ids(&tx.fetch_all(APPROVALS, range()).await?)?;
    let campaigns = ids(&tx.fetch_all(CAMPAIGNS, range()).await?)?;
    let mut stopped = Stopped::default();
    if !approvals.is_empty() {
        let values = args![by, now_ms, "stopped"];
        stopped.approvals = tx.execute_in(CANCEL, approvals.clone(), values).await?;
    }
    if !campaigns.is_empty() {
        stopped.campaigns = tx.execute_in(END, campaigns.clone(), args![]).await?;
    }
    let plans = tx.execute(PLANS, range()).await?;
    let event = NewEvent::done("guard.stop", "guard_freeze", &id, &unit_id).with(json!({
        "reason": reason, "approvals": stopped.approvals, "approvals_digest": digest(&approvals),
        "campaigns": stopped.campaigns, "campaigns_digest": digest(&campaigns), "plans": plans,
        "frozen_before": held.is_some(),
    }));
    events::record(tx, actor, now_ms, event).await?;
    Ok((stopped, Unit { id: unit_id, path }))
}

/// The top of what is frozen.
#[derive(Clone)]
struct Unit {
    id: String,
    path: String,
}

fn ids(rows: &[Row]) -> Result<Vec<String>, Error> {
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

fn digest(ids: &[String]) -> String {
    sha256_hex(ids.join("\n").as_bytes())
}

/// Withdraws, in chunks, every destructive command of a subtree that its device has not fetched.
async fn sweep(core: &Core, actor: &Actor, unit: &Unit) -> Result<u64, Error> {
    let mut all = 0;
    loop {
        let input = (actor.clone(), unit.clone(), core.now_ms());
        let some = core
            .db()
            .write(input, |tx, (actor, unit, now)| {
                Box::pin(async move { withdraw_in(tx, actor, unit, *now).await })
            })
            .await?;
        all += some;
        if some == 0 {
            return Ok(all);
        }
    }
}

async fn withdraw_in(tx: &Tx, actor: &Actor, unit: &Unit, now_ms: i64) -> Result<u64, Error> {
    const FIND: &str = "SELECT c.id FROM command c \
        JOIN device_summary d ON d.device_id = c.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE c.finished = 0 AND c.act IS NOT NULL \
        AND c.status IN ('queued', 'held', 'push_sent', 'not_now') \
        AND u.path >= $1 AND u.path < $2 ORDER BY c.id LIMIT $3";
    const STORY: &str = "INSERT INTO command_transition (command_id, device_id, at, status, reason, \
        actor_id) SELECT id, device_id, CAST($1 AS BIGINT), 'cancelled', 'stopped', CAST($2 AS TEXT) \
        FROM command WHERE finished = 0 AND status <> 'sent' AND id {ids}";
    const END: &str = "UPDATE command SET status = 'cancelled', status_reason = 'stopped', \
        finished = 1, secret_sealed = NULL, held_until = NULL, updated_at = $1 \
        WHERE finished = 0 AND status <> 'sent' AND id {ids}";
    let values = args![unit.path.as_str(), prefix_end(&unit.path), CHUNK];
    let ids = ids(&tx.fetch_all(FIND, values).await?)?;
    if ids.is_empty() {
        return Ok(0);
    }
    let digest = digest(&ids);
    let by = actor.id.as_str();
    tx.execute_in(STORY, ids.clone(), args![now_ms, by]).await?;
    let ended = tx.execute_in(END, ids, args![now_ms]).await?;
    let event = NewEvent::done("guard.withdraw", "org_unit", &unit.id, &unit.id)
        .with(json!({ "commands": ended, "digest": digest }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(ended)
}

/// What a stop left undone, because its node died or a device said `NotNow` since.
pub(crate) async fn sweep_all(core: &Core) -> Result<(), Error> {
    let active = core
        .db()
        .read((), |tx, ()| Box::pin(async move { active_in(tx).await }))
        .await?;
    let system = Actor::system();
    for freeze in active {
        let unit = Unit {
            id: freeze.unit_id,
            path: freeze.unit_path,
        };
        sweep(core, &system, &unit).await?;
    }
    Ok(())
}
