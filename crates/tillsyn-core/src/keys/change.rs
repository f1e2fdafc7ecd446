//! From one master key to the next: every node holds both, the newest begins to seal, and what the older ones have
//! sealed is sealed anew, until nothing needs them any more.

use std::collections::BTreeMap;

use tillsyn_db::{Tx, args};
use tillsyn_pki::seal::key_id;
use zeroize::Zeroizing;

use super::cells::{CELLS, Cell};
use super::{FINGERPRINT, KeyStore, nodes};
use crate::actor::Actor;
use crate::audit::memory;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::invitations;
use crate::org;
use crate::settings;

/// Its rows live ten minutes, and are found by a hash that needs the key too: they are left to lapse.
const LAPSES: &str = "hand_over";

/// What depends on which key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Id of the key that seals.
    pub current: u32,
    /// How many values each key has sealed, by its id; also keys that are not loaded.
    pub sealed: BTreeMap<u32, i64>,
    /// When it began to seal, in ms since 1970 UTC: what was sealed before, backups among it, is of older keys.
    pub since: i64,
}

/// What [`reseal`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    pub values: u64,
    /// Left as they are: no loaded key opens them.
    pub unreadable: u64,
}

/// Counts what each key has sealed. It reads every table that holds something sealed.
pub async fn census(core: &Core) -> Result<Census, Error> {
    const SINCE: &str = "SELECT updated_at FROM setting WHERE name = $1";
    let mut found = Census {
        current: core.keys().current().id(),
        ..Census::default()
    };
    for cell in CELLS {
        for row in core.db().query_all(cell.count, args![]).await? {
            if let Some(id) = key_id(&row.blob(0)?) {
                *found.sealed.entry(id).or_default() += row.i64(1)?;
            }
        }
    }
    let marks = core
        .db()
        .read((), |tx, ()| Box::pin(memory::sealed_by_in(tx)))
        .await?;
    for id in marks {
        *found.sealed.entry(id).or_default() += 1;
    }
    let row = core.db().query_optional(SINCE, args![FINGERPRINT]).await?;
    found.since = row.map_or(Ok(0), |row| row.i64(0))?;
    Ok(found)
}

/// Lets the newest key seal from now on, on every node within a minute. False when it does already.
///
/// # Errors
/// A conflict when a node that runs does not hold it.
pub async fn change(core: &Core, actor: &Actor) -> Result<bool, Error> {
    let newest = core.keys().0.ring.newest();
    let (id, fingerprint) = (newest.id(), newest.fingerprint());
    let without: Vec<String> = nodes(core)
        .await?
        .into_iter()
        .filter(|node| !node.held.contains(&fingerprint))
        .map(|node| node.node)
        .collect();
    if !without.is_empty() {
        return Err(Error::conflict(
            "master_key_not_everywhere",
            format!(
                "These nodes run, or ran within the last three minutes, without key {id}: {}. Put the whole key \
                 file in place there and start them again.",
                without.join(", ")
            ),
        ));
    }
    let root = org::root(core).await?;
    let input = (actor.clone(), root, id, fingerprint.clone(), core.now_ms());
    let changed = core
        .db()
        .write(input, |tx, (actor, root, id, fingerprint, now)| {
            Box::pin(async move {
                let before: String = settings::read_in(tx, FINGERPRINT).await?;
                if before == *fingerprint {
                    return Ok::<_, Error>(false);
                }
                settings::write_in(tx, FINGERPRINT, fingerprint, *now).await?;
                let event = NewEvent::done(
                    "master_key.change",
                    "setting",
                    FINGERPRINT,
                    root.id.as_str(),
                )
                .with(serde_json::json!({ "key": id }));
                events::record(tx, actor, *now, event).await?;
                Ok(true)
            })
        })
        .await?;
    core.keys().follow(&fingerprint);
    Ok(changed)
}

/// Seals with the current key what others have sealed, some rows a time while the server runs. Broken off, it is
/// begun again and goes on with what is left.
pub async fn reseal(core: &Core) -> Result<Resealed, Error> {
    let mut done = Resealed::default();
    for cell in CELLS.iter().filter(|cell| cell.table != LAPSES) {
        let mut behind = String::new();
        while let Some(page) = page(core, cell, &behind).await? {
            done.values += page.values;
            done.unreadable += page.unreadable;
            behind = page.last;
        }
    }
    let input = (core.keys().clone(), core.now_ms());
    done.values += core
        .db()
        .write(input, |tx, (keys, now)| {
            Box::pin(async move { memory::reseal_in(tx, keys, *now).await })
        })
        .await?;
    Ok(done)
}

struct Page {
    last: String,
    values: u64,
    unreadable: u64,
}

/// Read outside the transaction that writes: on SQLite nobody else writes meanwhile, and the reading may be long.
async fn page(core: &Core, cell: &'static Cell, behind: &str) -> Result<Option<Page>, Error> {
    let current = core.keys().current().id().to_be_bytes();
    let rows = core
        .db()
        .query_all(cell.page, args![current.as_slice(), behind])
        .await?;
    let Some(last) = rows.last() else {
        return Ok(None);
    };
    let mut page = Page {
        last: last.text(0)?,
        values: 0,
        unreadable: 0,
    };
    let mut found = Vec::new();
    for row in &rows {
        let (of, sealed) = (row.text(0)?, row.blob(1)?);
        if let Ok(plain) = core.keys().open(&sealed, cell.table, cell.column, &of) {
            found.push((of, sealed, plain));
            continue;
        }
        tracing::warn!(
            table = cell.table,
            column = cell.column,
            row = of,
            "a sealed value cannot be opened, and stays as it is"
        );
        page.unreadable += 1;
    }
    let input = (core.keys().clone(), found);
    page.values = core
        .db()
        .write(input, move |tx, (keys, found)| {
            Box::pin(async move { put_in(tx, keys, cell, found).await })
        })
        .await?;
    Ok(Some(page))
}

/// Row, sealed value and what is in it.
type Opened = (String, Vec<u8>, Zeroizing<Vec<u8>>);

async fn put_in(tx: &Tx, keys: &KeyStore, cell: &Cell, found: &[Opened]) -> Result<u64, Error> {
    let mut values = 0;
    for (of, sealed, plain) in found {
        let anew = keys.seal(plain, cell.table, cell.column, of);
        // Nothing is put over what somebody changed meanwhile.
        let put = tx
            .execute(
                cell.put,
                args![of.as_str(), sealed.as_slice(), anew.as_slice()],
            )
            .await?;
        if put > 0 && cell.table == "invitation" {
            invitations::follow_key_in(tx, keys, of, &anew).await?;
        }
        values += put;
    }
    Ok(values)
}
