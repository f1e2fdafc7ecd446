//! When which device is asked. A due time per question; asking moves it on in the same transaction, so two
//! nodes never ask the same twice.

use std::collections::BTreeMap;

use tillsyn_db::{Tx, Value, args};
use tillsyn_pki::hash;

use super::kind::InventoryKind;
use super::lists::Kept;
use super::setting::{InventorySettings, inventory_settings};
use crate::clock::{DAY_MS, HOUR_MS};
use crate::commands;
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;
use crate::keys::KeyStore;

/// Questions moved on in one transaction.
const CHUNK: i64 = 100;
/// A device that was silent this long is not asked until it speaks.
const SILENT_MS: i64 = 30 * DAY_MS;

const INSERT: &str = "INSERT INTO inventory_item (channel_id, kind, device_id, enrollment_id, due_at, \
    asked_at)";
const KEEP: &str = "ON CONFLICT (channel_id, kind) DO NOTHING";

/// Asks a newly enrolled device everything it can answer, in the transaction that enrolls it.
pub(crate) async fn first_in(
    tx: &Tx,
    keys: &KeyStore,
    device: &DeviceId,
    now_ms: i64,
) -> Result<(), Error> {
    const CHANNEL: &str = "SELECT ch.id, ch.enrollment_id, e.ownership, e.profile_identifier FROM channel ch \
        JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
        WHERE ch.device_id = $1 AND ch.name = 'device' AND ch.ended_at IS NULL";
    let Some(row) = tx.fetch_optional(CHANNEL, args![device]).await? else {
        return Ok(());
    };
    let (channel, enrollment) = (row.text(0)?, row.text(1)?);
    let personal = row.text(2)? == "personal";
    let own_known = !row.text(3)?.is_empty();
    let settings = InventorySettings::default();
    let mut rows = Vec::new();
    for kind in InventoryKind::ALL {
        let request = kind.request(kind.is_narrowed(personal, own_known))?;
        let devices = vec![device.clone()];
        let asked = commands::ask_where_able_in(tx, keys, devices, request, now_ms).await?;
        // What only supervised devices answer is tried again when this one has said whether it is.
        let wait = if asked.commands.is_empty() {
            HOUR_MS
        } else {
            kind.period_ms(&settings)
        };
        rows.push(args![
            channel.as_str(),
            kind.as_str(),
            device,
            enrollment.as_str(),
            now_ms + wait,
            now_ms
        ]);
    }
    tx.insert_many(INSERT, 6, rows, KEEP).await?;
    Ok(())
}

/// The enrollment ended: nothing more is asked.
pub(crate) async fn forget_in(tx: &Tx, enrollment_id: &str) -> Result<(), Error> {
    const FORGET: &str = "DELETE FROM inventory_item WHERE enrollment_id = $1";
    tx.execute(FORGET, args![enrollment_id]).await?;
    Ok(())
}

/// A question was answered: how much was kept of it.
pub(crate) async fn note_answer_in(
    tx: &Tx,
    channel_id: &str,
    kind: InventoryKind,
    kept: Kept,
    now_ms: i64,
) -> Result<(), Error> {
    const NOTE: &str = "UPDATE inventory_item SET answered_at = $3, kept = $4, left_out = $5 \
        WHERE channel_id = $1 AND kind = $2";
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let values = args![
        channel_id,
        kind.as_str(),
        now_ms,
        count(kept.kept),
        count(kept.left_out)
    ];
    tx.execute(NOTE, values).await?;
    Ok(())
}

/// Asks what is due, in chunks; returns how many questions were moved on.
pub(crate) async fn ask_due(core: &Core) -> Result<u64, Error> {
    let settings = inventory_settings(core).await?;
    if !settings.scheduled {
        return Ok(0);
    }
    let mut moved = 0;
    loop {
        let input = (core.keys().clone(), settings.clone(), core.now_ms());
        let chunk = core
            .db()
            .write(input, |tx, (keys, settings, now)| {
                Box::pin(async move { ask_chunk_in(tx, keys, settings, *now).await })
            })
            .await?;
        moved += chunk;
        if chunk > 0 {
            core.wake_push();
        }
        if chunk < CHUNK.unsigned_abs() {
            return Ok(moved);
        }
    }
}

async fn ask_chunk_in(
    tx: &Tx,
    keys: &KeyStore,
    settings: &InventorySettings,
    now_ms: i64,
) -> Result<u64, Error> {
    const DUE: &str = "SELECT i.channel_id, i.kind, i.device_id, d.last_seen, e.ownership, \
        e.profile_identifier FROM inventory_item i \
        JOIN device_summary d ON d.device_id = i.device_id \
        JOIN enrollment e ON e.id = i.enrollment_id WHERE i.due_at <= $1 \
        ORDER BY i.due_at, i.channel_id, i.kind LIMIT $2";
    const ASKED: &str = "UPDATE inventory_item SET due_at = $1, asked_at = $2 \
        WHERE kind = $3 AND channel_id {ids}";
    const LATER: &str =
        "UPDATE inventory_item SET due_at = $1 WHERE kind = $2 AND channel_id {ids}";
    let rows = tx.fetch_all(DUE, args![now_ms, CHUNK]).await?;
    let mut asked: BTreeMap<(InventoryKind, bool), (Vec<String>, Vec<DeviceId>)> = BTreeMap::new();
    let mut silent: BTreeMap<InventoryKind, Vec<String>> = BTreeMap::new();
    for row in &rows {
        let kind = InventoryKind::parse(&row.text(1)?)
            .ok_or_else(|| Error::internal("inventory_item.kind cannot be read."))?;
        let channel = row.text(0)?;
        if row
            .opt_i64(3)?
            .is_some_and(|seen| now_ms - seen > SILENT_MS)
        {
            silent.entry(kind).or_default().push(channel);
        } else {
            let narrowed = kind.is_narrowed(row.str(4)? == "personal", !row.str(5)?.is_empty());
            let (channels, devices) = asked.entry((kind, narrowed)).or_default();
            channels.push(channel);
            devices.push(DeviceId::from_store(row.text(2)?));
        }
    }
    for ((kind, narrowed), (channels, devices)) in asked {
        let request = kind.request(narrowed)?;
        commands::ask_where_able_in(tx, keys, devices, request, now_ms).await?;
        let due = now_ms + kind.period_ms(settings);
        tx.execute_in(ASKED, channels, args![due, now_ms, kind.as_str()])
            .await?;
    }
    for (kind, channels) in silent {
        let due = now_ms + kind.period_ms(settings);
        tx.execute_in(LATER, channels, args![due, kind.as_str()])
            .await?;
    }
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Gives a schedule to active enrollments that came without one (moved in from another server), spread
/// over a day so that a fleet is not asked at once.
pub(crate) async fn adopt(core: &Core) -> Result<(), Error> {
    const WITHOUT: &str = "SELECT ch.id, ch.device_id, ch.enrollment_id FROM channel ch \
        JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
        WHERE ch.name = 'device' AND ch.ended_at IS NULL AND NOT EXISTS \
        (SELECT 1 FROM inventory_item i WHERE i.channel_id = ch.id) ORDER BY ch.id LIMIT 500";
    loop {
        let found = core
            .db()
            .write(core.now_ms(), |tx, now| {
                Box::pin(async move {
                    let rows = tx.fetch_all(WITHOUT, args![]).await?;
                    let mut values: Vec<Vec<Value>> = Vec::new();
                    for row in &rows {
                        let (channel, device) = (row.text(0)?, row.text(1)?);
                        let due = *now + spread_ms(&device, DAY_MS);
                        for kind in InventoryKind::ALL {
                            values.push(args![
                                channel.as_str(),
                                kind.as_str(),
                                device.as_str(),
                                row.text(2)?,
                                due,
                                Value::Null
                            ]);
                        }
                    }
                    tx.insert_many(INSERT, 6, values, KEEP).await?;
                    Ok::<_, Error>(rows.len())
                })
            })
            .await?;
        if found < 500 {
            return Ok(());
        }
    }
}

/// A device's own place within a window: always the same, evenly over the fleet.
pub(super) fn spread_ms(device_id: &str, window_ms: i64) -> i64 {
    let digest = hash::sha256(device_id.as_bytes());
    let head = digest
        .iter()
        .take(6)
        .fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
    head % window_ms.max(HOUR_MS)
}
