//! Facts with source and age, and the typed columns that are fed from them.

use serde_json::Value as Json;
use tillsyn_db::{Tx, Value, args};

use crate::error::Error;
use crate::inventory;
use crate::reconcile;
use crate::search::words;

/// Facts that a device is found by.
const CALLED: [&str; 4] = ["name", "model_name", "model", "product_name"];

/// Stores what a source said, keeping since when a value is what it is.
pub(crate) async fn store_in(
    tx: &Tx,
    device_id: &str,
    facts: &[(String, Json)],
    source: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const INSERT: &str =
        "INSERT INTO fact (device_id, name, value, source, observed_at, changed_at)";
    const MERGE: &str = "ON CONFLICT (device_id, name) DO UPDATE SET \
        changed_at = CASE WHEN fact.value = excluded.value THEN fact.changed_at \
        ELSE excluded.changed_at END, value = excluded.value, source = excluded.source, \
        observed_at = excluded.observed_at";
    let changed = inventory::record_changes_in(tx, device_id, facts, source, now_ms).await?;
    let rows: Vec<Vec<Value>> = facts
        .iter()
        .map(|(name, value)| {
            args![
                device_id,
                name.as_str(),
                value.to_string(),
                source,
                now_ms,
                now_ms
            ]
        })
        .collect();
    tx.insert_many(INSERT, 6, rows, MERGE).await?;
    feed_summary(tx, device_id, facts, now_ms).await?;
    if changed.iter().any(|name| CALLED.contains(&name.as_str())) {
        words::index_in(tx, &[device_id.to_owned()]).await?;
    }
    reconcile::on_facts_in(tx, device_id, &changed, now_ms).await
}

/// The typed columns: only what this answer said is changed; absent is not false.
async fn feed_summary(
    tx: &Tx,
    device_id: &str,
    facts: &[(String, Json)],
    now_ms: i64,
) -> Result<(), Error> {
    const FEED: &str = "UPDATE device_summary SET name = COALESCE($2, name), \
        model = COALESCE($3, model), model_name = COALESCE($4, model_name), \
        os_version = COALESCE($5, os_version), build_version = COALESCE($6, build_version), \
        supervised = COALESCE($7, supervised), passcode_present = COALESCE($8, passcode_present), \
        encrypted = COALESCE($9, encrypted), battery_percent = COALESCE($10, battery_percent), \
        capacity_bytes = COALESCE($11, capacity_bytes), \
        available_bytes = COALESCE($12, available_bytes), imei = COALESCE($13, imei), \
        updated_at = $14 WHERE device_id = $1";
    let text = |name: &str| find(facts, name).and_then(|v| v.as_str().map(str::to_owned));
    let flag = |name: &str| find(facts, name).and_then(Json::as_bool).map(i64::from);
    let int = |name: &str| find(facts, name).and_then(Json::as_i64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the codec keeps levels between 0 and 1"
    )]
    let battery = find(facts, "battery_level")
        .and_then(Json::as_f64)
        .filter(|level| (0.0..=1.0).contains(level))
        .map(|level| (level * 100.0).round() as i64);
    let encrypted = flag("filevault_enabled")
        .or_else(|| int("hardware_encryption_caps").map(|caps| i64::from(caps > 0)));
    tx.execute(
        FEED,
        args![
            device_id,
            text("name"),
            text("product_name").or_else(|| text("model")),
            text("model_name"),
            text("os_version"),
            text("build_version"),
            flag("is_supervised"),
            flag("passcode_present"),
            encrypted,
            battery,
            int("device_capacity_bytes"),
            int("available_capacity_bytes"),
            text("imei"),
            now_ms
        ],
    )
    .await?;
    Ok(())
}

fn find<'a>(facts: &'a [(String, Json)], name: &str) -> Option<&'a Json> {
    facts
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value)
}
