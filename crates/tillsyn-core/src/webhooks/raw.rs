//! Webhooks that get what devices send. A message that none of them wants costs nothing more for them: the node
//! keeps in mind what they want and of which units, and looks again with every round of its worker.

use std::sync::{PoisonError, RwLock};

use tillsyn_db::{Tx, args};

use super::fan_out::{delivery, queue_in};
use super::store::Format;
use super::subscription;
use crate::core::Core;
use crate::error::Error;
use crate::ids::new_uuid;
use crate::keys::KeyStore;

/// What webhooks want of raw messages.
#[derive(Default)]
pub(crate) struct RawWanted(RwLock<Vec<Wish>>);

struct Wish {
    unit_path: String,
    topics: Vec<String>,
}

impl RawWanted {
    /// Whether any webhook wants the topic, of whichever unit.
    pub(crate) fn takes(&self, topic: &str) -> bool {
        self.any(|wish| subscription::takes(&wish.topics, topic))
    }

    /// Whether any wants it of a unit.
    pub(crate) fn takes_of(&self, topic: &str, unit_path: &str) -> bool {
        self.any(|wish| {
            unit_path.starts_with(&wish.unit_path) && subscription::takes(&wish.topics, topic)
        })
    }

    fn any(&self, which: impl Fn(&Wish) -> bool) -> bool {
        let wishes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        wishes.iter().any(which)
    }
}

/// Looks what is wanted.
pub(super) async fn look(core: &Core) -> Result<(), Error> {
    const ALL: &str = "SELECT u.path, w.events FROM webhook w JOIN org_unit u ON u.id = w.org_unit_id \
        WHERE w.status = 'active' AND w.format = $1";
    let format = Format::Nanomdm.as_str();
    let mut wishes = Vec::new();
    for row in core.db().query_all(ALL, args![format]).await? {
        wishes.push(Wish {
            unit_path: row.text(0)?,
            topics: serde_json::from_str(row.str(1)?).unwrap_or_default(),
        });
    }
    let wanted = &core.raw_wanted().0;
    *wanted.write().unwrap_or_else(PoisonError::into_inner) = wishes;
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
