//! Asking that devices be looked at: rows in the transaction of the change that is the cause.

use tillsyn_db::{Tx, args};

use crate::error::Error;
use crate::ids::new_uuid;

/// Asks for these devices now. Causes coalesce into one row per device; a later one is not swallowed by a
/// look that began before it.
pub(crate) async fn request_in(tx: &Tx, devices: Vec<String>, now_ms: i64) -> Result<(), Error> {
    const REQUEST: &str = "INSERT INTO reconcile_request (device_id, due_at, version) \
        SELECT id, CAST($1 AS BIGINT), 1 FROM device WHERE id {ids} \
        ON CONFLICT (device_id) DO UPDATE SET version = reconcile_request.version + 1, \
        due_at = CASE WHEN reconcile_request.due_at < excluded.due_at \
        THEN reconcile_request.due_at ELSE excluded.due_at END";
    if !devices.is_empty() {
        tx.execute_in(REQUEST, devices, args![now_ms]).await?;
    }
    Ok(())
}

/// Asks for a walk over all devices of a subject: `item`, `group`, `org_unit`, or `all`
/// without an id.
pub(crate) async fn sweep_in(
    tx: &Tx,
    subject_kind: &'static str,
    subject_id: &str,
    now_ms: i64,
) -> Result<String, Error> {
    const INSERT: &str = "INSERT INTO reconcile_sweep (id, subject_kind, subject_id, created_at) \
        VALUES ($1, $2, $3, $4)";
    let id = new_uuid(now_ms).to_string();
    tx.execute(INSERT, args![id.as_str(), subject_kind, subject_id, now_ms])
        .await?;
    Ok(id)
}
