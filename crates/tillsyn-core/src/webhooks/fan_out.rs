//! From events to deliveries: one row per webhook and event, whichever node comes first.

use std::collections::HashMap;

use tillsyn_db::{Row, Tx, Value, args};

use super::sign::{self, Told};
use super::store::Format;
use super::{limit, subscription};
use crate::clock::{MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::new_uuid;
use crate::keys::KeyStore;

/// An event may be committed after events with higher numbers, so those of the last minutes are looked at
/// again. Longer than nodes' clocks are apart and a transaction lasts, together.
pub(crate) const SETTLED_MS: i64 = 10 * MINUTE_MS;
/// An event behind which none can appear any more: the newest that is old enough. Never one that is merely
/// smaller than a new one: numbers are given before the commit.
pub(crate) const SETTLED: &str =
    "SELECT seq FROM event WHERE at <= $1 ORDER BY at DESC, seq DESC LIMIT 1";
/// How often they are.
const AGAIN_MS: i64 = 10 * SECOND_MS;
const PAGE: usize = 500;

/// How far this node has read for each webhook. Nothing depends on it but the work of reading twice.
#[derive(Default)]
pub(super) struct Places {
    read: HashMap<String, i64>,
    looked_again_at: Option<i64>,
}

struct Hook {
    id: String,
    unit_path: String,
    events: Vec<String>,
    cursor: i64,
}

/// Makes the deliveries of what is new. Whether it was one of the thorough looks, which are seldom.
pub(super) async fn fan_out(core: &Core, places: &mut Places) -> Result<bool, Error> {
    const HOOKS: &str = "SELECT w.id, u.path, w.events, w.cursor FROM webhook w \
        JOIN org_unit u ON u.id = w.org_unit_id WHERE w.status = 'active' AND w.format = $1";
    let format = Format::Tillsyn.as_str();
    let rows = core.db().query_all(HOOKS, args![format]).await?;
    let now = core.now_ms();
    let again = places
        .looked_again_at
        .is_none_or(|at| !(0..AGAIN_MS).contains(&(now - at)));
    if again {
        places.looked_again_at = Some(now);
    }
    if rows.is_empty() {
        return Ok(again);
    }
    let mut settled = 0;
    if again {
        let found = core.db().query_optional(SETTLED, args![now - SETTLED_MS]);
        settled = found.await?.map_or(Ok(0), |row| row.i64(0))?;
    }
    for row in &rows {
        let hook = Hook {
            id: row.text(0)?,
            unit_path: row.text(1)?,
            events: serde_json::from_str(row.str(2)?).unwrap_or_default(),
            cursor: row.i64(3)?,
        };
        let from = match places.read.get(&hook.id) {
            // After a pause the cursor is ahead of what was read.
            Some(read) if !again => (*read).max(hook.cursor),
            _ => hook.cursor,
        };
        let (read, whole) = read_on(core, &hook, from).await?;
        // What there was no room for is read later.
        let settled = if whole { settled } else { settled.min(read) };
        if settled > hook.cursor {
            const MOVE: &str = "UPDATE webhook SET cursor = $2 WHERE id = $1 AND cursor < $2";
            let values = args![hook.id.as_str(), settled];
            core.db().execute(MOVE, values).await?;
        }
        places.read.insert(hook.id, read);
    }
    Ok(again)
}

/// Reads to the end, or until enough waits; what is there already is left out. How far, and whether that is
/// the end.
async fn read_on(core: &Core, hook: &Hook, from: i64) -> Result<(i64, bool), Error> {
    // Of what becomes of a webhook the others are told, never itself: a failure would beget failures.
    const NEWS: &str = "SELECT e.seq, e.id, e.at, e.actor_kind, e.actor_id, e.action, e.object_kind, \
        e.object_id, e.org_unit_id, e.result, e.details FROM event e \
        JOIN org_unit u ON u.id = e.org_unit_id \
        WHERE e.seq > $1 AND u.path >= $2 AND u.path < $3 \
        AND NOT (e.object_kind = 'webhook' AND e.object_id = $4) \
        AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.webhook_id = $4 AND d.event_id = e.id) \
        ORDER BY e.seq LIMIT 500";
    let mut read = from;
    loop {
        let path = hook.unit_path.as_str();
        let values = args![read, path, prefix_end(path), hook.id.as_str()];
        let rows = core.db().query_all(NEWS, values).await?;
        let full = rows.len() == PAGE;
        let mut wanted = Vec::new();
        let before = read;
        for row in rows {
            read = read.max(row.i64(0)?);
            if subscription::takes(&hook.events, row.str(5)?) {
                wanted.push(row);
            }
        }
        if !wanted.is_empty() {
            if waiting(core, &hook.id).await? >= limit::ROOM {
                return Ok((before, false));
            }
            let input = (core.keys().clone(), hook.id.clone(), wanted, core.now_ms());
            core.db()
                .write(input, |tx, (keys, id, wanted, now)| {
                    Box::pin(async move { put_in(tx, keys, id, wanted, *now).await })
                })
                .await?;
        }
        if !full {
            return Ok((read, true));
        }
    }
}

async fn waiting(core: &Core, webhook: &str) -> Result<i64, Error> {
    const COUNT: &str =
        "SELECT count(*) FROM webhook_delivery WHERE webhook_id = $1 AND status = 'waiting'";
    let row = core.db().query_optional(COUNT, args![webhook]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

async fn put_in(
    tx: &Tx,
    keys: &KeyStore,
    webhook: &str,
    wanted: &[Row],
    now: i64,
) -> Result<(), Error> {
    let mut rows = Vec::with_capacity(wanted.len());
    for row in wanted {
        let told = Told {
            id: row.str(1)?,
            at: row.i64(2)?,
            actor_kind: row.str(3)?,
            actor_id: row.str(4)?,
            action: row.str(5)?,
            object_kind: row.str(6)?,
            object_id: row.str(7)?,
            unit_id: row.str(8)?,
            result: row.str(9)?,
            details: serde_json::from_str(row.str(10)?).unwrap_or_default(),
        };
        let id = new_uuid(now).to_string();
        let body = sign::body(&id, webhook, &told);
        rows.push(delivery(keys, id, webhook, told.id, &body, now));
    }
    queue_in(tx, rows).await
}

/// The row of one delivery.
pub(super) fn delivery(
    keys: &KeyStore,
    id: String,
    webhook: &str,
    event: &str,
    body: &[u8],
    now: i64,
) -> Vec<Value> {
    let sealed = keys.seal(body, "webhook_delivery", "body_sealed", &id);
    let size = i64::try_from(sealed.len()).unwrap_or(i64::MAX);
    args![id, webhook, event, sealed, size, "waiting", now, now]
}

/// Stores deliveries; one that is there already stays as it is.
pub(super) async fn queue_in(tx: &Tx, rows: Vec<Vec<Value>>) -> Result<(), Error> {
    const INSERT: &str = "INSERT INTO webhook_delivery (id, webhook_id, event_id, body_sealed, size_bytes, \
        status, due_at, created_at)";
    const ONCE: &str = "ON CONFLICT (webhook_id, event_id) DO NOTHING";
    tx.insert_many(INSERT, 8, rows, ONCE).await?;
    Ok(())
}
