//! Asking for it.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, new_uuid};

/// Which device, and why.
#[derive(Clone, Debug)]
pub struct AskUnlock {
    pub device_id: DeviceId,
    pub reason: String,
}

/// Begins to remove the activation lock of a device; returns the id of the attempt.
///
/// # Errors
/// Not capable for personal devices, for unknown hardware and when no code is held; conflict while an
/// attempt runs.
pub async fn ask_unlock(core: &Core, actor: &Actor, ask: AskUnlock) -> Result<String, Error> {
    let reason = ask.reason.trim().to_owned();
    let input = (actor.clone(), ask.device_id, reason, core.now_ms());
    core.db()
        .write(input, |tx, (actor, device, reason, now)| {
            Box::pin(async move { insert(tx, actor, device, reason, *now).await })
        })
        .await
}

async fn insert(
    tx: &Tx,
    actor: &Actor,
    device: &DeviceId,
    reason: &str,
    now_ms: i64,
) -> Result<String, Error> {
    const FIND: &str = "SELECT d.org_unit_id, u.path, m.ownership, d.serial_number, m.model, \
        (SELECT count(*) FROM escrow s WHERE s.device_id = d.id AND s.state = 'kept' AND s.kind IN \
        ('activation_lock_bypass_device', 'activation_lock_bypass_server')), \
        (SELECT count(*) FROM activation_unlock a WHERE a.device_id = d.id \
        AND a.status IN ('waiting', 'running')), d.platform \
        FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN device_summary m ON m.device_id = d.id WHERE d.id = $1";
    const INSERT: &str = "INSERT INTO activation_unlock (id, device_id, org_unit_id, status, due_at, \
        asked_reason, actor_kind, actor_id, created_at, updated_at) \
        VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $4, $4)";
    let row = tx
        .fetch_optional(FIND, args![device])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    let unit = row.text(0)?;
    if !actor.reaches_device(row.str(1)?, row.str(7)?) {
        return Err(Error::not_found("device"));
    }
    authorize(actor, Permission::DevicesActivationLock, &row.text(1)?)?;
    if reason.is_empty() || reason.chars().count() > 500 {
        return Err(Error::invalid(
            "reason",
            "reason_missing",
            "Say why; it goes to the audit trail.",
        ));
    }
    let refuse = |code, words: &str| Err(Error::new(Kind::NotCapable, code, words));
    if row.opt_text(2)?.as_deref() == Some("personal") {
        return refuse(
            "personal_device",
            "This is a personal device: its activation lock is its owner's.",
        );
    }
    if row.opt_text(3)?.is_none() || row.opt_text(4)?.is_none() {
        return refuse(
            "hardware_unknown",
            "Apple wants serial number and product type, and the device has not told both.",
        );
    }
    if row.i64(5)? == 0 {
        return refuse(
            "no_bypass_code",
            "No bypass code is held: the device gives it within 15 days of being supervised.",
        );
    }
    if row.i64(6)? > 0 {
        return Err(Error::conflict(
            "unlock_running",
            "Its activation lock is being removed already.",
        ));
    }
    let id = new_uuid(now_ms).to_string();
    let values = args![
        id.as_str(),
        device,
        unit.as_str(),
        now_ms,
        reason,
        actor.kind.as_str(),
        actor
            .account_id
            .as_ref()
            .map_or(actor.id.as_str(), |id| id.as_str())
    ];
    tx.execute(INSERT, values).await?;
    let event = NewEvent::done("activation_lock.clear", "device", device.as_str(), &unit)
        .with(json!({ "unlock_id": id, "reason": reason }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(id)
}
