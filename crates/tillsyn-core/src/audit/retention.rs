//! What becomes too old is taken away: whole segments that were verified, up to a signed head, and the cut is
//! kept. Verification begins there from then on.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::key::PublicKey;

use super::hold::standing_in;
use super::verify::{Body, Checker, Entry, keys, page_in, start_in};
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::{org, settings};

/// How long events are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditSettings {
    /// At least 90.
    pub retention_days: i64,
}

impl Default for AuditSettings {
    fn default() -> Self {
        Self {
            retention_days: 730,
        }
    }
}

const SETTING: &str = "audit";
/// Shorter than an inquiry takes nobody keeps a trail.
const LEAST_DAYS: i64 = 90;
const MOST_DAYS: i64 = 36_500;

/// How long events are kept.
pub async fn audit_settings(core: &Core, actor: &Actor) -> Result<AuditSettings, Error> {
    may(actor, Permission::AuditRead)?;
    settings::read(core, SETTING).await
}

/// Changes how long events are kept.
pub async fn set_audit_settings(
    core: &Core,
    actor: &Actor,
    new: AuditSettings,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::AuditManage, &root.path)?;
    let now_ms = core.now_ms();
    require_fresh(actor, now_ms)?;
    if !(LEAST_DAYS..=MOST_DAYS).contains(&new.retention_days) {
        return Err(Error::invalid(
            "retention_days",
            "retention_days",
            format!("Events are kept for {LEAST_DAYS} to {MOST_DAYS} days."),
        ));
    }
    let input = (actor.clone(), new, root.id, now_ms);
    core.db()
        .write(input, |tx, (actor, new, root, now)| {
            Box::pin(async move {
                let before: AuditSettings = settings::read_in(tx, SETTING).await?;
                settings::write_in(tx, SETTING, new, *now).await?;
                let event = NewEvent::done("settings.change", "setting", SETTING, root.as_str())
                    .with(json!({ "before": before, "after": new }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Entries of one cut: more than lie between two checkpoints, and few enough not to hold a writer up.
const SEGMENT: i64 = 1_500;
/// Cuts of one run; the next hour goes on.
const CUTS: usize = 200;

/// Takes away what is too old.
pub async fn retain(core: &Core) -> Result<(), Error> {
    for _ in 0..CUTS {
        if !cut(core).await? {
            break;
        }
    }
    Ok(())
}

/// Takes one segment away; whether there may be more.
async fn cut(core: &Core) -> Result<bool, Error> {
    let settings: AuditSettings = settings::read(core, SETTING).await?;
    let now_ms = core.now_ms();
    let root = org::root(core).await?;
    let input = (
        now_ms - settings.retention_days.max(LEAST_DAYS) * DAY_MS,
        settings.retention_days,
        keys(core).await?,
        root.id.to_string(),
        now_ms,
    );
    core.db()
        .write_locked(input, |tx, (old, days, keys, root, now)| {
            Box::pin(async move { cut_in(tx, *old, *days, keys, root, *now).await })
        })
        .await
}

async fn cut_in(
    tx: &Tx,
    old_ms: i64,
    days: i64,
    keys: &[(Option<String>, PublicKey)],
    root: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    // One at a time: on PostgreSQL this row stays locked.
    const LOCK: &str = "UPDATE worker_lease SET lease_until = $1 WHERE name = 'audit.retain'";
    const CUT: &str = "INSERT INTO audit_cut (position, hash, events, cut_at, actor_id) \
        VALUES ($1, $2, $3, $4, 'system')";
    const FORGET: &str = "DELETE FROM event_identity WHERE event_id IN (SELECT e.id FROM event e \
        JOIN audit_entry a ON a.event_seq = e.seq WHERE a.position <= $1)";
    const EVENTS: &str = "DELETE FROM event WHERE seq IN \
        (SELECT event_seq FROM audit_entry WHERE position <= $1)";
    const ENTRIES: &str = "DELETE FROM audit_entry WHERE position <= $1";
    const CHECKPOINTS: &str = "DELETE FROM audit_checkpoint WHERE position < $1";
    tx.execute(LOCK, args![now_ms]).await?;
    let standing = standing_in(tx).await?;
    if standing.everything {
        return Ok(false);
    }
    let start = start_in(tx).await?;
    let (entries, checkpoints) = page_in(tx, start.position, SEGMENT).await?;
    let is_kept = |entry: &Entry| match &entry.body {
        Body::Event(record) => {
            record.at >= old_ms
                || standing
                    .subjects
                    .iter()
                    .any(|s| *s == record.actor_id || *s == record.object_id)
        }
        _ => false,
    };
    // The last signed head before the first event that stays.
    let first_kept = entries.iter().find(|entry| is_kept(entry));
    let stays = first_kept.map_or(i64::MAX, |entry| entry.position);
    let last_read = entries.last().map_or(0, |entry| entry.position);
    let end = checkpoints
        .iter()
        .rev()
        .find(|c| c.position < stays && c.position <= last_read);
    let Some(end) = end else {
        return Ok(false);
    };
    let mut checker = Checker::new(start, keys.to_vec());
    let mut signed = checkpoints.iter().peekable();
    let mut events = 0;
    for entry in entries.into_iter().filter(|e| e.position <= end.position) {
        let position = entry.position;
        events += 1;
        checker.entry(entry);
        while let Some(checkpoint) = signed.next_if(|c| c.position <= position) {
            checker.checkpoint(checkpoint);
        }
    }
    let verdict = checker.finish(None, 0);
    if !verdict.is_whole() {
        tracing::error!("the audit trail is not whole: nothing of it is taken away");
        return Ok(false);
    }
    let (position, hash) = (end.position, end.hash.as_str());
    tx.execute(FORGET, args![position]).await?;
    tx.execute(EVENTS, args![position]).await?;
    tx.execute(ENTRIES, args![position]).await?;
    tx.execute(CHECKPOINTS, args![position]).await?;
    tx.execute(CUT, args![position, hash, events, now_ms])
        .await?;
    let event = NewEvent::done("audit.cut", "audit", "trail", root).with(json!({
        "position": position, "hash": hash, "events": events, "older_than_days": days,
    }));
    events::record(tx, &Actor::system(), now_ms, event).await?;
    Ok(true)
}
