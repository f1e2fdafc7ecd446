//! Keeping and finding sealed secrets, in the caller's transaction.

use tillsyn_db::{Row, Tx, args};
use zeroize::Zeroizing;

use super::Kind;
use crate::core::Core;
use crate::error::Error;
use crate::ids::EscrowId;
use crate::keys::KeyStore;

/// A secret to keep.
pub(crate) struct NewSecret<'a> {
    pub(crate) device_id: &'a str,
    pub(crate) enrollment_id: Option<&'a str>,
    pub(crate) kind: Kind,
    /// What it is of, when a device has several of the kind: the account's short name.
    pub(crate) label: Option<&'a str>,
    pub(crate) secret: &'a [u8],
    /// The message, command or person that brought it.
    pub(crate) source: &'a str,
}

/// An opened secret; never printed.
pub(crate) struct Secret {
    pub(crate) id: EscrowId,
    bytes: Zeroizing<Vec<u8>>,
}

impl Secret {
    pub(crate) fn expose(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "SELECT s.id, s.label, s.sealed FROM escrow s WHERE s.device_id = $1 \
    AND s.kind = $2 AND s.state = 'kept'";
const OF_ACTIVE: &str = " AND s.enrollment_id IN (SELECT e.id FROM enrollment e \
    WHERE e.device_id = $1 AND e.status = 'active')";
const NEWEST_FIRST: &str = " ORDER BY s.updated_at DESC, s.id DESC";
const INSERT: &str = "INSERT INTO escrow (id, device_id, enrollment_id, kind, label, source, sealed, \
    state, command_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";

/// Keeps a secret. The same as the newest of its kind, label and enrollment only moves that one's date;
/// anything else is a new row, and the older ones stay.
pub(crate) async fn put_in(
    tx: &Tx,
    keys: &KeyStore,
    new: NewSecret<'_>,
    now_ms: i64,
) -> Result<EscrowId, Error> {
    const NEWEST: &str = "SELECT id, label, sealed, enrollment_id FROM escrow WHERE device_id = $1 \
        AND kind = $2 AND state = 'kept' AND COALESCE(label, '') = $3 \
        ORDER BY updated_at DESC, id DESC LIMIT 1";
    const TOUCH: &str = "UPDATE escrow SET updated_at = $2 WHERE id = $1";
    let values = args![
        new.device_id,
        new.kind.as_str(),
        new.label.unwrap_or_default()
    ];
    if let Some(row) = tx.fetch_optional(NEWEST, values).await? {
        let of_same = row.opt_text(3)?.as_deref() == new.enrollment_id;
        let newest = open(keys, &row)?;
        if of_same && newest.expose() == new.secret {
            tx.execute(TOUCH, args![&newest.id, now_ms]).await?;
            return Ok(newest.id);
        }
    }
    insert(tx, keys, &new, None, now_ms).await
}

/// Keeps a secret that a command will set, before that command can reach the device: whichever of the two
/// the device has afterwards, we hold it. [`settle_in`] says what became of it.
pub(crate) async fn propose_in(
    tx: &Tx,
    keys: &KeyStore,
    new: NewSecret<'_>,
    command_id: &str,
    now_ms: i64,
) -> Result<EscrowId, Error> {
    insert(tx, keys, &new, Some(command_id), now_ms).await
}

/// What became of the secrets that a command was to set.
pub(crate) async fn settle_in(
    tx: &Tx,
    command_id: &str,
    state: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const SETTLE: &str = "UPDATE escrow SET state = $2, updated_at = $3 WHERE command_id = $1 \
        AND state IN ('proposed', 'uncertain')";
    tx.execute(SETTLE, args![command_id, state, now_ms]).await?;
    Ok(())
}

/// Secrets whose command ended without an answer (withdrawn, expired, replaced): the device may have them
/// or not. They stay visible as such.
pub(crate) async fn settle_unanswered(core: &Core) -> Result<(), Error> {
    const SETTLE: &str = "UPDATE escrow SET state = 'uncertain', updated_at = $1 \
        WHERE state = 'proposed' AND command_id IN (SELECT id FROM command WHERE finished = 1)";
    core.db().execute(SETTLE, args![core.now_ms()]).await?;
    Ok(())
}

/// The newest secret of a kind that the server may use: one of the active enrollment. What an earlier one
/// brought is for people alone, since whoever enrolled anew may be somebody else (S37).
pub(crate) async fn newest_in(
    tx: &Tx,
    keys: &KeyStore,
    device_id: &str,
    kind: Kind,
) -> Result<Option<Secret>, Error> {
    let sql = format!("{COLUMNS}{OF_ACTIVE}{NEWEST_FIRST} LIMIT 1");
    let rows = tx
        .fetch_all_dyn(&sql, args![device_id, kind.as_str()])
        .await?;
    rows.first().map(|row| open(keys, row)).transpose()
}

/// Whether a secret of a kind is kept for the device at all, of whatever enrollment.
pub(crate) async fn is_kept_in(tx: &Tx, device_id: &str, kind: Kind) -> Result<bool, Error> {
    const FIND: &str =
        "SELECT id FROM escrow WHERE device_id = $1 AND kind = $2 AND state = 'kept' LIMIT 1";
    let values = args![device_id, kind.as_str()];
    Ok(tx.fetch_optional(FIND, values).await?.is_some())
}

/// The device took back what belongs to this enrollment, or the enrollment ended: a bootstrap token is of
/// no use to anybody else.
pub(crate) async fn forget_in(tx: &Tx, enrollment_id: &str, kind: Kind) -> Result<(), Error> {
    const SEEN: &str = "DELETE FROM escrow_reveal WHERE escrow_id IN \
        (SELECT id FROM escrow WHERE enrollment_id = $1 AND kind = $2)";
    const FORGET: &str = "DELETE FROM escrow WHERE enrollment_id = $1 AND kind = $2";
    tx.execute(SEEN, args![enrollment_id, kind.as_str()])
        .await?;
    tx.execute(FORGET, args![enrollment_id, kind.as_str()])
        .await?;
    Ok(())
}

async fn insert(
    tx: &Tx,
    keys: &KeyStore,
    new: &NewSecret<'_>,
    command_id: Option<&str>,
    now_ms: i64,
) -> Result<EscrowId, Error> {
    let id = EscrowId::new(now_ms);
    let sealed = keys.seal(new.secret, "escrow", "sealed", id.as_str());
    let state = if command_id.is_some() {
        "proposed"
    } else {
        "kept"
    };
    let values = args![
        &id,
        new.device_id,
        new.enrollment_id,
        new.kind.as_str(),
        new.label,
        new.source,
        sealed,
        state,
        command_id,
        now_ms
    ];
    tx.execute(INSERT, values).await?;
    Ok(id)
}

fn open(keys: &KeyStore, row: &Row) -> Result<Secret, Error> {
    let id = row.text(0)?;
    let bytes = keys.open(&row.blob(2)?, "escrow", "sealed", &id)?;
    Ok(Secret {
        id: EscrowId::from_store(id),
        bytes,
    })
}
