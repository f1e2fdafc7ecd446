//! What the server remembers of its trail, sealed under the master key: the last head that it signed, and
//! where it cut. Who can write to the database alone can forge neither; only put an older memory back,
//! against which heads are kept elsewhere.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use tillsyn_pki::seal::key_id;

use super::chain::GENESIS;
use crate::error::Error;
use crate::keys::KeyStore;
use crate::settings;

/// What is remembered.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    Signed,
    Cut,
}

impl Mark {
    const ALL: [Self; 2] = [Self::Signed, Self::Cut];

    fn name(self) -> &'static str {
        match self {
            Self::Signed => "audit_signed",
            Self::Cut => "audit_cut",
        }
    }
}

/// A trail that has nothing signed yet.
pub(crate) async fn begin_in(tx: &Tx, keys: &KeyStore, now_ms: i64) -> Result<(), Error> {
    keep_in(tx, keys, Mark::Signed, (0, GENESIS), now_ms).await
}

pub(crate) async fn keep_in(
    tx: &Tx,
    keys: &KeyStore,
    mark: Mark,
    (position, hash): (i64, &str),
    now_ms: i64,
) -> Result<(), Error> {
    let text = format!("{position}:{hash}");
    let sealed = keys.seal(text.as_bytes(), "setting", "value", mark.name());
    settings::write_in(tx, mark.name(), &hash::hex(&sealed), now_ms).await
}

/// Position and hash; `None` when there is none, or it was not sealed by this server.
pub(crate) async fn read_in(
    tx: &Tx,
    keys: &KeyStore,
    mark: Mark,
) -> Result<Option<(i64, String)>, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    let found = tx.fetch_optional(FIND, args![mark.name()]).await?;
    let Some(text) = found.map(|row| row.text(0)).transpose()? else {
        return Ok(None);
    };
    Ok(open(keys, mark, &text))
}

/// The ids of the master keys that sealed what is remembered.
pub(crate) async fn sealed_by_in(tx: &Tx) -> Result<Vec<u32>, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    let mut ids = Vec::new();
    for mark in Mark::ALL {
        if let Some(row) = tx.fetch_optional(FIND, args![mark.name()]).await? {
            ids.extend(sealed(&row.text(0)?).and_then(|sealed| key_id(&sealed)));
        }
    }
    Ok(ids)
}

/// Seals with the current key what an older one has sealed; returns how many.
pub(crate) async fn reseal_in(tx: &Tx, keys: &KeyStore, now_ms: i64) -> Result<u64, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    let mut anew = 0;
    for mark in Mark::ALL {
        let Some(row) = tx.fetch_optional(FIND, args![mark.name()]).await? else {
            continue;
        };
        let text = row.text(0)?;
        let current = Some(keys.current().id());
        if sealed(&text).and_then(|sealed| key_id(&sealed)) == current {
            continue;
        }
        if let Some((position, hash)) = open(keys, mark, &text) {
            keep_in(tx, keys, mark, (position, &hash), now_ms).await?;
            anew += 1;
        }
    }
    Ok(anew)
}

fn sealed(text: &str) -> Option<Vec<u8>> {
    hash::from_hex(&serde_json::from_str::<String>(text).ok()?)
}

fn open(keys: &KeyStore, mark: Mark, text: &str) -> Option<(i64, String)> {
    let sealed = sealed(text)?;
    let plain = keys.open(&sealed, "setting", "value", mark.name()).ok()?;
    let (position, hash) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((position.parse().ok()?, hash.to_owned()))
}
