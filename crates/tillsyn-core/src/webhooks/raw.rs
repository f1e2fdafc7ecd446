//! Webhooks that get what devices send. While there are none, a device's message costs nothing more for them:
//! the node keeps in mind whether there are, and looks again twice a second.

use std::sync::atomic::{AtomicBool, Ordering};

use tillsyn_db::{Tx, args};

use super::fan_out::{delivery, queue_in};
use super::store::Format;
use super::subscription;
use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;

/// Whether any webhook wants raw messages.
#[derive(Default)]
pub(crate) struct RawWanted(AtomicBool);

impl RawWanted {
    pub(crate) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Looks whether there are any.
pub(super) async fn look(core: &Core) -> Result<(), Error> {
    const ANY: &str = "SELECT id FROM webhook WHERE status = 'active' AND format = $1 LIMIT 1";
    let format = Format::Nanomdm.as_str();
    let any = core.db().query_optional(ANY, args![format]).await?;
    core.raw_wanted().0.store(any.is_some(), Ordering::Relaxed);
    Ok(())
}

/// The webhooks of a unit and of those above that want this.
pub(crate) async fn wanting_in(
    tx: &Tx,
    format: Format,
    path: &str,
    event: &str,
) -> Result<Vec<String>, Error> {
    const HOOKS: &str = "SELECT w.id, u.path, w.events FROM webhook w \
        JOIN org_unit u ON u.id = w.org_unit_id WHERE w.status = 'active' AND w.format = $1";
    let mut ids = Vec::new();
    for row in tx.fetch_all(HOOKS, args![format.as_str()]).await? {
        let patterns: Vec<String> = serde_json::from_str(row.str(2)?).unwrap_or_default();
        if path.starts_with(row.str(1)?) && subscription::takes(&patterns, event) {
            ids.push(row.text(0)?);
        }
    }
    Ok(ids)
}

/// Stores one body for each of them.
pub(crate) async fn queue_body_in(
    tx: &Tx,
    keys: &KeyStore,
    hooks: Vec<String>,
    event_id: &str,
    body: &[u8],
    now_ms: i64,
) -> Result<(), Error> {
    let rows = hooks.iter().map(|hook| {
        let id = new_uuid(now_ms).to_string();
        delivery(keys, id, hook, event_id, body, now_ms)
    });
    queue_in(tx, rows.collect()).await
}
