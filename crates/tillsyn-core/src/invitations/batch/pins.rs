//! PINs that somebody hands over: made with the invitations, kept sealed for as long as they work, and told once.

use serde_json::json;
use tillsyn_db::{Row, Tx, Value, args};
use zeroize::Zeroizing;

use super::store::reached_in;
use crate::actor::{Actor, Permission};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::InvitationBatchId;
use crate::invitations::mint::{Minted, Pin};
use crate::invitations::open::PIN_TRIES;
use crate::invitations::policy::PinMode;
use crate::keys::KeyStore;
use crate::lists::csv_file;

/// A PIN with whom it is for; known only now.
pub struct BatchPin {
    pub line: i64,
    pub person_id: String,
    pub name: String,
    pub email: String,
    pub pin: Zeroizing<String>,
    pub until: i64,
}

/// Keeps the PIN of an invitation whose mail does not carry it.
pub(super) async fn keep_in(
    tx: &Tx,
    keys: &KeyStore,
    (batch, line): (&InvitationBatchId, i64),
    minted: &Minted,
    mode: PinMode,
) -> Result<(), Error> {
    const KEEP: &str = "UPDATE invitation_batch_item SET pin_sealed = $3, pin_until = $4 \
        WHERE batch_id = $1 AND line = $2";
    let pin = minted.pin.as_ref().filter(|_| mode == PinMode::Shown);
    let sealed = pin.map(|pin| seal(keys, pin, minted.id.as_str()));
    let until = pin.map(|pin| pin.until);
    tx.execute(KEEP, args![batch, line, sealed, until]).await?;
    Ok(())
}

fn seal(keys: &KeyStore, pin: &Pin, invitation: &str) -> Vec<u8> {
    let (table, column) = ("invitation_batch_item", "pin_sealed");
    keys.seal(pin.pin.as_bytes(), table, column, invitation)
}

/// Those that still open something: not renewed, locked or used meanwhile; of people whom the actor reaches. $2 is
/// the present time, $4 and $5 what is reached.
const GOOD: &str = "FROM invitation_batch_item i JOIN invitation v ON v.id = i.invitation_id \
    JOIN person p ON p.id = i.person_id JOIN org_unit o ON o.id = p.org_unit_id \
    AND o.path >= $4 AND o.path < $5 WHERE i.batch_id = $1 AND i.pin_until > $2 \
    AND v.pin_expires_at = i.pin_until AND v.pin_failures < $3 AND v.status = 'open' \
    AND v.uses < v.uses_allowed AND v.expires_at > $2 AND p.status = 'active'";

fn good(actor: &Actor, id: &InvitationBatchId, now_ms: i64) -> Vec<Value> {
    let path = actor.unit_path.as_str();
    args![id, now_ms, PIN_TRIES, path, prefix_end(path)]
}

/// How many PINs of a batch wait to be handed over.
///
/// # Errors
/// Not found outside of the actor's reach.
pub async fn batch_pins_waiting(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
) -> Result<i64, Error> {
    let input = (actor.clone(), id.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, id, now)| {
            Box::pin(async move {
                reached_in(tx, actor, Permission::InvitationsRead, id).await?;
                let sql = format!("SELECT count(*) {GOOD}");
                let rows = tx.fetch_all_dyn(&sql, good(actor, id, *now)).await?;
                rows.first().map_or(Ok(0), |row| Ok(row.i64(0)?))
            })
        })
        .await
}

/// Takes the PINs of a batch away, to hand them over: they are told here, this once. Afterwards only their hashes
/// are kept.
///
/// # Errors
/// Not found outside of the actor's reach; conflict `no_pins` when there are none, or somebody took them.
pub async fn take_batch_pins(
    core: &Core,
    actor: &Actor,
    id: &InvitationBatchId,
) -> Result<Vec<BatchPin>, Error> {
    let input = (
        actor.clone(),
        id.clone(),
        core.keys().clone(),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (actor, id, keys, now)| {
            Box::pin(async move { take_in(tx, actor, id, keys, *now).await })
        })
        .await
}

async fn take_in(
    tx: &Tx,
    actor: &Actor,
    id: &InvitationBatchId,
    keys: &KeyStore,
    now_ms: i64,
) -> Result<Vec<BatchPin>, Error> {
    const FORGET: &str = "UPDATE invitation_batch_item SET pin_sealed = NULL, pin_until = NULL \
        WHERE batch_id = $1 AND pin_until IS NOT NULL AND person_id IN (SELECT p.id FROM person p \
        JOIN org_unit o ON o.id = p.org_unit_id WHERE o.path >= $2 AND o.path < $3)";
    let found = reached_in(tx, actor, Permission::InvitationsWrite, id).await?;
    let sql = format!(
        "SELECT i.line, i.person_id, p.name, COALESCE(p.email, ''), i.pin_sealed, i.pin_until, v.id {GOOD} \
         ORDER BY i.line"
    );
    let rows = tx.fetch_all_dyn(&sql, good(actor, id, now_ms)).await?;
    let pins = rows.iter().map(|row| open(row, keys));
    let pins = pins.collect::<Result<Vec<_>, Error>>()?;
    if pins.is_empty() {
        let text = "There are no PINs to hand over: somebody took them, or they no longer work. Make a new one for \
            whoever needs it.";
        return Err(Error::conflict("no_pins", text));
    }
    let path = actor.unit_path.as_str();
    tx.execute(FORGET, args![id, path, prefix_end(path)])
        .await?;
    let (action, kind) = ("invitation_batch.pins", "invitation_batch");
    let event = NewEvent::done(action, kind, id.as_str(), &found.unit_id)
        .with(json!({ "people": pins.len() }));
    events::record(tx, actor, now_ms, event).await?;
    Ok(pins)
}

fn open(row: &Row, keys: &KeyStore) -> Result<BatchPin, Error> {
    let (table, column) = ("invitation_batch_item", "pin_sealed");
    let plain = keys.open(&row.blob(4)?, table, column, row.str(6)?)?;
    let pin = std::str::from_utf8(&plain)
        .map_err(|error| Error::internal("A PIN cannot be read.").caused_by(error))?;
    Ok(BatchPin {
        line: row.i64(0)?,
        person_id: row.text(1)?,
        name: row.text(2)?,
        email: row.text(3)?,
        pin: Zeroizing::new(pin.to_owned()),
        until: row.i64(5)?,
    })
}

/// The same as CSV; what a spreadsheet would take for a formula is marked as text.
///
/// # Errors
/// When the file cannot be written.
pub fn batch_pins_csv(pins: &[BatchPin]) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut lines = vec![["name", "email", "pin"].map(str::to_owned)];
    lines.extend(
        pins.iter()
            .map(|pin| [pin.name.clone(), pin.email.clone(), pin.pin.to_string()]),
    );
    csv_file(&lines).map(Zeroizing::new)
}

/// Deletes those that work no more.
pub(crate) async fn forget_pins(core: &Core) -> Result<(), Error> {
    const LAPSED: &str = "UPDATE invitation_batch_item SET pin_sealed = NULL, pin_until = NULL \
        WHERE pin_until <= $1";
    core.db().execute(LAPSED, args![core.now_ms()]).await?;
    Ok(())
}
