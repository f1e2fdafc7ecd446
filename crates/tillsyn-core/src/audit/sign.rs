//! Signing heads of the chain. Nothing is signed but what continues the head that was signed last: whoever
//! rewrites the rows before it gets no new signature from a running server.

use std::sync::Arc;

use tillsyn_db::{Tx, args};

use super::chain::Checkpoint;
use super::memory::{self, Mark};
use super::seal::{SEALED, head_in};
use super::verify::start_in;
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::keys::{Authorities, KeyStore};
use crate::lease;

/// A checkpoint comes after so many entries, or when there is news and the last is so old.
pub(crate) const CHECKPOINT_ENTRIES: i64 = 1_000;
const CHECKPOINT_MS: i64 = MINUTE_MS;
/// Whose cursor is the position of the last checkpoint.
pub(crate) const SIGNED: &str = "audit.checkpoint";

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signing {
    Done,
    NotDue,
    /// The chain does not contain what was signed last.
    Refused,
}

/// The key, and what seals the memory of what it signed.
#[derive(Clone)]
pub(crate) struct Signer {
    keys: KeyStore,
    authorities: Arc<Authorities>,
}

impl Signer {
    pub(crate) fn of(core: &Core) -> Self {
        Self {
            keys: core.keys().clone(),
            authorities: core.authorities(),
        }
    }

    /// Signs a head and remembers it. The caller holds the lease's row.
    pub(crate) async fn sign_in(
        &self,
        tx: &Tx,
        (position, hash): (i64, &str),
        now_ms: i64,
    ) -> Result<Signing, Error> {
        const PUT: &str = "INSERT INTO audit_checkpoint (position, hash, previous, authority_id, \
            signature, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
        let Some(previous) = self.last_in(tx).await? else {
            return Ok(Signing::Refused);
        };
        let made = Checkpoint {
            position,
            hash: hash.to_owned(),
            previous,
            created_at: now_ms,
            authority_id: self.authorities.audit_id.clone(),
            signature: Vec::new(),
        }
        .sign(&self.authorities.audit.key)?;
        let values = args![
            made.position,
            made.hash.as_str(),
            made.previous,
            made.authority_id.as_str(),
            made.signature,
            made.created_at
        ];
        tx.execute(PUT, values).await?;
        memory::keep_in(tx, &self.keys, Mark::Signed, (position, hash), now_ms).await?;
        lease::reach_in(tx, SIGNED, position).await?;
        Ok(Signing::Done)
    }

    /// Where was signed last, if the chain is still the one that was signed.
    async fn last_in(&self, tx: &Tx) -> Result<Option<i64>, Error> {
        const HASH: &str = "SELECT hash FROM audit_entry WHERE position = $1";
        let Some((position, hash)) = memory::read_in(tx, &self.keys, Mark::Signed).await? else {
            return Ok(None);
        };
        let found = if let Some(row) = tx.fetch_optional(HASH, args![position]).await? {
            row.text(0)? == hash
        } else {
            let start = start_in(tx).await?;
            (start.position, start.hash) == (position, hash)
        };
        let (last, _) = last_in(tx).await?;
        Ok((found && last == position).then_some(position))
    }
}

/// Position and time of the last checkpoint.
pub(crate) async fn last_in(tx: &Tx) -> Result<(i64, i64), Error> {
    const LAST: &str =
        "SELECT position, created_at FROM audit_checkpoint ORDER BY position DESC LIMIT 1";
    match tx.fetch_optional(LAST, args![]).await? {
        Some(row) => Ok((row.i64(0)?, row.i64(1)?)),
        None => Ok((0, i64::MIN)),
    }
}

/// Whether a checkpoint of `head` is due.
fn is_due(head: i64, last: i64, last_at: i64, now_ms: i64) -> bool {
    head - last >= CHECKPOINT_ENTRIES
        || (head > last && (now_ms - CHECKPOINT_MS >= last_at || last_at > now_ms))
}

/// Signs the head when that is due.
pub(crate) async fn when_due(core: &Core, holder: &str) -> Result<Signing, Error> {
    let now = core.now_ms();
    let due = core
        .db()
        .read(now, |tx, now| {
            Box::pin(async move {
                let (head, _) = head_in(tx).await?;
                let (last, at) = last_in(tx).await?;
                Ok::<_, Error>(is_due(head, last, at, *now))
            })
        })
        .await?;
    if !due {
        return Ok(Signing::NotDue);
    }
    let input = (holder.to_owned(), Signer::of(core), now);
    core.db()
        .write_locked(input, |tx, (holder, signer, now)| {
            Box::pin(async move {
                if !lease::claim_in(tx, SEALED, holder, *now).await? {
                    return Ok(Signing::NotDue);
                }
                let (position, hash) = head_in(tx).await?;
                let (last, at) = last_in(tx).await?;
                if !is_due(position, last, at, *now) {
                    return Ok(Signing::NotDue);
                }
                signer.sign_in(tx, (position, &hash), *now).await
            })
        })
        .await
}

/// Signs the head as it is, so that what leaves the server ends signed.
pub(crate) async fn now(core: &Core) -> Result<Signing, Error> {
    core.db()
        .write_locked((Signer::of(core), core.now_ms()), |tx, (signer, now)| {
            Box::pin(async move {
                lease::lock_in(tx, SEALED).await?;
                let (position, hash) = head_in(tx).await?;
                if position <= last_in(tx).await?.0 {
                    return Ok(Signing::NotDue);
                }
                signer.sign_in(tx, (position, &hash), *now).await
            })
        })
        .await
}
