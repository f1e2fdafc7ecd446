//! What became of it.

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::ids::DeviceId;

/// One attempt to remove an activation lock.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ActivationUnlock {
    pub id: String,
    /// `waiting`, `running`, `done`, `failed` (architecture §2a, Job).
    pub status: String,
    /// Why it failed, or why it waits for another try.
    pub reason: Option<String>,
    /// The kind of code that Apple took.
    pub escrow_kind: Option<String>,
    pub tries: i64,
    pub asked_reason: String,
    pub asked_at: i64,
    pub updated_at: i64,
    /// When the next try is due.
    pub due_at: Option<i64>,
}

/// Attempts shown; older ones are in the events.
const SHOWN: i64 = 20;

/// The last attempts for a device of the actor's scope, newest first.
pub async fn list_unlocks(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<Vec<ActivationUnlock>, Error> {
    const LIST: &str = "SELECT id, status, reason, escrow_kind, tries, asked_reason, created_at, \
        updated_at, due_at FROM activation_unlock WHERE device_id = $1 \
        ORDER BY created_at DESC, id DESC LIMIT $2";
    may(actor, Permission::DevicesRead)?;
    devices::reach(core, actor, device).await?;
    let rows = core.db().query_all(LIST, args![device, SHOWN]).await?;
    rows.iter()
        .map(|row| {
            let status = row.text(1)?;
            Ok(ActivationUnlock {
                id: row.text(0)?,
                due_at: (status == "waiting").then(|| row.i64(8)).transpose()?,
                status,
                reason: row.opt_text(2)?,
                escrow_kind: row.opt_text(3)?,
                tries: row.i64(4)?,
                asked_reason: row.text(5)?,
                asked_at: row.i64(6)?,
                updated_at: row.i64(7)?,
            })
        })
        .collect()
}
