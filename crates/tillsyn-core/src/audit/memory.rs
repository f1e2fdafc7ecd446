//! What the server remembers of its trail, sealed under the master key: the last head that it signed, and
//! where it cut. Who can write to the database alone can forge neither; only put an older memory back,
//! against which heads are kept elsewhere.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

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

fn open(keys: &KeyStore, mark: Mark, text: &str) -> Option<(i64, String)> {
    let sealed = hash::from_hex(&serde_json::from_str::<String>(text).ok()?)?;
    let plain = keys.open(&sealed, "setting", "value", mark.name()).ok()?;
    let (position, hash) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((position.parse().ok()?, hash.to_owned()))
}
