//! The history of facts: what changed, from what to what. Values that move all day are not history.

use std::collections::HashMap;

use serde_json::Value as Json;
use tillsyn_db::{Tx, Value, args};

use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;
use crate::paging::{Cursor, Page, page_size};

/// Facts that change by mere use; their last value and its age are enough.
const RESTLESS: [&str; 8] = [
    "battery_level",
    "available_capacity_bytes",
    "last_cloud_backup_at",
    "is_roaming",
    "current_carrier_network",
    "estimated_resident_users",
    "resident_users",
    "time_zone",
];
/// The longest value whose change is kept, in bytes of JSON.
const LONGEST: usize = 4 * 1024;

/// One change.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FactChange {
    pub name: String,
    pub old_value: Json,
    pub new_value: Json,
    /// The query or message that said it.
    pub source: String,
    pub at: i64,
}

/// Whether a change of this fact is worth a row.
pub(super) fn keeps_history(name: &str, old: &str, new: &str) -> bool {
    old != new && !RESTLESS.contains(&name) && old.len() <= LONGEST && new.len() <= LONGEST
}

/// Notes which of these facts differ from what is stored, before they are stored; returns the names of
/// those that are new or differ.
pub(crate) async fn record_changes_in(
    tx: &Tx,
    device_id: &str,
    facts: &[(String, Json)],
    source: &'static str,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const STORED: &str = "SELECT name, value FROM fact WHERE device_id = $1";
    const INSERT: &str =
        "INSERT INTO fact_change (device_id, name, old_value, new_value, source, at)";
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let mut stored = HashMap::new();
    for row in tx.fetch_all(STORED, args![device_id]).await? {
        stored.insert(row.text(0)?, row.text(1)?);
    }
    let rows: Vec<Vec<Value>> = facts
        .iter()
        .filter_map(|(name, value)| {
            let (old, new) = (stored.get(name)?, value.to_string());
            keeps_history(name, old, &new).then(|| {
                args![
                    device_id,
                    name.as_str(),
                    old.as_str(),
                    new.as_str(),
                    source,
                    now_ms
                ]
            })
        })
        .collect();
    tx.insert_many(INSERT, 6, rows, "").await?;
    let news = |(name, value): &&(String, Json)| stored.get(name) != Some(&value.to_string());
    Ok(facts
        .iter()
        .filter(news)
        .map(|(name, _)| name.clone())
        .collect())
}

/// The changes of a device's facts, newest first.
///
/// # Errors
/// Not found outside the scope.
pub async fn fact_changes(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<FactChange>, Error> {
    const LIST: &str = "SELECT seq, name, old_value, new_value, source, at FROM fact_change \
        WHERE device_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    let limit = page_size(limit)?;
    let before = after
        .map(Cursor::decode)
        .transpose()?
        .map_or(Ok(i64::MAX), |cursor| cursor.first_i64())?;
    core.db()
        .read(
            (actor.clone(), device.clone(), before, limit),
            |tx, (actor, device, before, limit)| {
                Box::pin(async move {
                    super::view::reach_in(tx, actor, device).await?;
                    let rows = tx
                        .fetch_all(LIST, args![device, *before, *limit + 1])
                        .await?;
                    let keep = usize::try_from(*limit).unwrap_or(usize::MAX);
                    let next = match rows.get(keep.wrapping_sub(1)) {
                        Some(last) if rows.len() > keep => {
                            Some(Cursor::of_i64(last.i64(0)?).encode())
                        }
                        _ => None,
                    };
                    let json = |text: String| serde_json::from_str(&text).unwrap_or_default();
                    let items = rows
                        .iter()
                        .take(keep)
                        .map(|row| {
                            Ok(FactChange {
                                name: row.text(1)?,
                                old_value: json(row.text(2)?),
                                new_value: json(row.text(3)?),
                                source: row.text(4)?,
                                at: row.i64(5)?,
                            })
                        })
                        .collect::<Result<Vec<_>, Error>>()?;
                    Ok::<_, Error>(Page { items, next })
                })
            },
        )
        .await
}
