//! Asking devices what they have.

use std::collections::BTreeMap;

use tillsyn_db::{Tx, args};

use crate::clock::HOUR_MS;
use crate::commands;
use crate::core::Core;
use crate::error::Error;
use crate::inventory::{InventoryKind, inventory_settings};
use crate::keys::KeyStore;

/// Asks these channels for their lists of profiles. A question that waits already is not doubled, and it
/// waits behind what was queued before: one list proves many installs.
pub(super) async fn ask_list_in(
    tx: &Tx,
    keys: &KeyStore,
    channels: Vec<String>,
    now_ms: i64,
) -> Result<(), Error> {
    const OF: &str = "SELECT ch.id, ch.name, e.ownership, e.profile_identifier FROM channel ch \
        JOIN enrollment e ON e.id = ch.enrollment_id WHERE ch.id {ids}";
    let mut asks: BTreeMap<(bool, bool), Vec<String>> = BTreeMap::new();
    for row in tx.fetch_all_in(OF, channels, args![]).await? {
        let personal = row.str(2)? == "personal";
        let narrowed = InventoryKind::Profiles.is_narrowed(personal, !row.str(3)?.is_empty());
        let of_user = row.str(1)? != "device";
        asks.entry((of_user, narrowed))
            .or_default()
            .push(row.text(0)?);
    }
    for ((_, narrowed), channels) in asks {
        let request = InventoryKind::Profiles.request(narrowed)?;
        commands::put_in(tx, keys, channels, request, now_ms).await?;
    }
    Ok(())
}

/// Channels asked in one transaction.
const CHUNK: usize = 100;

/// The inventory asks devices; their users, where something of ours is, are asked here, as often.
pub(crate) async fn ask_users(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT DISTINCT s.channel_id FROM item_state s \
        JOIN channel ch ON ch.id = s.channel_id AND ch.name <> 'device' AND ch.ended_at IS NULL \
        WHERE s.confirmed_at IS NOT NULL AND s.confirmed_at < $1 ORDER BY s.channel_id LIMIT 5000";
    let settings = inventory_settings(core).await?;
    if !settings.scheduled {
        return Ok(());
    }
    let now = core.now_ms();
    let before = now - settings.device_hours * HOUR_MS;
    let rows = core.db().query_all(DUE, args![before]).await?;
    let channels: Vec<String> = rows.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
    for chunk in channels.chunks(CHUNK) {
        let input = (core.keys().clone(), chunk.to_vec(), now);
        core.db()
            .write(input, |tx, (keys, channels, now)| {
                Box::pin(async move { ask_list_in(tx, keys, channels.clone(), *now).await })
            })
            .await?;
    }
    if !channels.is_empty() {
        core.wake_push();
    }
    Ok(())
}
