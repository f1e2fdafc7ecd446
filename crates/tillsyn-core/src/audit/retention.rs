//! What becomes too old is taken away: whole segments that were verified, up to a signed head, and the cut is
//! kept. Verification begins there from then on.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::key::PublicKey;

use super::hold::standing_in;
use super::memory::{self, Mark};
use super::verify::{Body, Checker, Entry, Start, keys, page_in, start_in};
use crate::actor::{Actor, Permission, authorize, may, require_fresh};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::keys::KeyStore;
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

/// Entries of one cut: few enough not to hold a writer up. Up to the next checkpoint it may be more.
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
    let days = settings.retention_days.max(LEAST_DAYS);
    let cutter = Cutter {
        old_ms: now_ms - days * DAY_MS,
        days,
        trusted: keys(core).await?.trusted(),
        keys: core.keys().clone(),
        root: root.id.to_string(),
        now_ms,
    };
    core.db()
        .write_locked(cutter, |tx, cutter| {
            Box::pin(async move { cut_in(tx, cutter).await })
        })
        .await
}

/// What a cut needs to know.
struct Cutter {
    old_ms: i64,
    days: i64,
    trusted: Vec<(Option<String>, PublicKey)>,
    keys: KeyStore,
    root: String,
    now_ms: i64,
}

/// Where the trail begins; `None` unless the server cut there itself, for a new cut would hide another's.
async fn own_start_in(tx: &Tx, keys: &KeyStore) -> Result<Option<Start>, Error> {
    let start = start_in(tx).await?;
    let own = match memory::read_in(tx, keys, Mark::Cut).await? {
        Some((position, hash)) => (position, hash.as_str()) == (start.position, &start.hash),
        None => start.position == 0,
    };
    Ok(own.then_some(start))
}

async fn cut_in(tx: &Tx, cutter: &Cutter) -> Result<bool, Error> {
    // One at a time: on PostgreSQL this row stays locked.
    const LOCK: &str = "UPDATE worker_lease SET lease_until = $1 WHERE name = 'audit.retain'";
    const NEXT: &str = "SELECT MIN(position) FROM audit_checkpoint WHERE position > $1";
    const CUT: &str = "INSERT INTO audit_cut (position, hash, events, cut_at, actor_id) \
        VALUES ($1, $2, $3, $4, 'system')";
    const FORGET: &str = "DELETE FROM event_identity WHERE event_id IN (SELECT e.id FROM event e \
        JOIN audit_entry a ON a.event_seq = e.seq WHERE a.position <= $1)";
    const EVENTS: &str = "DELETE FROM event WHERE seq IN \
        (SELECT event_seq FROM audit_entry WHERE position <= $1)";
    const ENTRIES: &str = "DELETE FROM audit_entry WHERE position <= $1";
    const CHECKPOINTS: &str = "DELETE FROM audit_checkpoint WHERE position < $1";
    let now_ms = cutter.now_ms;
    tx.execute(LOCK, args![now_ms]).await?;
    let standing = standing_in(tx).await?;
    if standing.everything {
        return Ok(false);
    }
    let Some(start) = own_start_in(tx, &cutter.keys).await? else {
        tracing::error!("the audit trail was not cut by this server: nothing of it is taken away");
        return Ok(false);
    };
    let next = tx
        .fetch_one(NEXT, args![start.position])
        .await?
        .opt_i64(0)?;
    let read = next.map_or(1, |next| SEGMENT.max(next - start.position));
    let (entries, checkpoints) = page_in(tx, start.position, start.position, read).await?;
    let is_kept = |entry: &Entry| match &entry.body {
        Body::Event(record) => record.at >= cutter.old_ms || standing.holds(record),
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
        if next.is_none() && first_kept.is_none() && !entries.is_empty() {
            tracing::warn!("old events stay: no head behind them is signed");
        }
        return Ok(false);
    };
    let mut checker = Checker::new(start, cutter.trusted.clone());
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
    let verdict = checker.finish(0);
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
    memory::keep_in(tx, &cutter.keys, Mark::Cut, (position, hash), now_ms).await?;
    let event = NewEvent::done("audit.cut", "audit", "trail", &cutter.root).with(json!({
        "position": position, "hash": hash, "events": events, "older_than_days": cutter.days,
    }));
    events::record(tx, &Actor::system(), now_ms, event).await?;
    Ok(true)
}
