//! What a device is decides what it is to have, and what it can take.

use tillsyn_db::{Tx, args};

use super::request::request_in;
use crate::error::Error;

/// Facts that stand in profiles, or decide whether a device can take one.
const DECIDING: [&str; 11] = [
    "name",
    "serial_number",
    "imei",
    "udid",
    "model",
    "product_name",
    "os_version",
    "is_supervised",
    "is_multi_user",
    "is_apple_silicon",
    "user_approved_enrollment",
];

/// These facts of a device are new or differ.
pub(crate) async fn on_facts_in(
    tx: &Tx,
    device_id: &str,
    changed: &[String],
    now_ms: i64,
) -> Result<(), Error> {
    if !changed.iter().any(|name| DECIDING.contains(&name.as_str())) {
        return Ok(());
    }
    // Another version of its system may take what this one refused.
    if changed.iter().any(|name| name == "os_version") {
        try_again_in(tx, device_id, now_ms).await?;
    }
    request_in(tx, vec![device_id.to_owned()], now_ms).await
}

/// What a device refused is tried again at the next look.
pub(super) async fn try_again_in(tx: &Tx, device_id: &str, now_ms: i64) -> Result<(), Error> {
    const AGAIN: &str = "UPDATE item_state SET next_attempt_at = $2 WHERE device_id = $1 \
        AND (failures > 0 OR (losses > 0 AND state = 'to_install')) \
        AND (next_attempt_at IS NULL OR next_attempt_at > $2)";
    tx.execute(AGAIN, args![device_id, now_ms]).await?;
    Ok(())
}
