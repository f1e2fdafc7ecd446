//! The sealer: committed events become entries of the chain within a second, and heads are signed.
//!
//! On PostgreSQL an event may be committed after others with higher numbers: each pass begins a minute back,
//! and once an hour at the beginning.

use std::time::Duration;

use tillsyn_db::{Tx, args};

use super::chain::{GENESIS, Record, link, record_columns};
use super::identity;
use super::sign::{self, CHECKPOINT_ENTRIES, Signer, Signing};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;
use crate::lease;

/// Entries of one transaction.
const CHUNK: i64 = 500;
/// The lease, whose cursor is the last position.
pub(crate) const SEALED: &str = "audit.seal";

/// Runs until the process ends.
pub(crate) async fn run_worker(core: Core) {
    let mut sealer = Sealer::new(&core);
    loop {
        match sealer.round(&core).await {
            Ok(true) => tokio::task::yield_now().await,
            Ok(false) => tokio::time::sleep(Duration::from_millis(500)).await,
            Err(error) => {
                tracing::warn!(error = %error, "events could not be sealed; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Seals everything there is, once; for tests and the command line.
pub async fn run_due(core: &Core) -> Result<(), Error> {
    let mut sealer = Sealer::new(core);
    while sealer.round(core).await? {}
    Ok(())
}

/// One node's sealer and how far it has looked.
pub struct Sealer {
    holder: String,
    /// Events up to here were looked at in this pass; `None` between passes.
    cursor: Option<i64>,
    whole_pass_at: i64,
    /// Another node seals: whoever takes over from it looks at everything.
    stands_by: bool,
    /// Not to sign before then: what is to be signed is not what was.
    refused_until: i64,
}

enum Sealed {
    Entries {
        last: i64,
        more: bool,
        signing: Signing,
    },
    NotOurs,
}

impl Sealer {
    /// Begins with a pass over everything.
    pub fn new(core: &Core) -> Self {
        Self {
            holder: lease::holder(core),
            cursor: Some(0),
            whole_pass_at: core.now_ms(),
            stands_by: false,
            refused_until: 0,
        }
    }

    /// One chunk; whether there may be more.
    pub async fn round(&mut self, core: &Core) -> Result<bool, Error> {
        let now = core.now_ms();
        // Looking first keeps an idle node from opening write transactions.
        let waits = core
            .db()
            .read((self.cursor, now), |tx, (cursor, now)| {
                Box::pin(async move { waiting_in(tx, *cursor, *now).await })
            })
            .await?;
        let Some(from) = waits else {
            let whole = now - self.whole_pass_at > HOUR_MS;
            self.cursor = whole.then_some(0);
            if whole {
                self.whole_pass_at = now;
            }
            return self.sign(core).await;
        };
        let input = (self.holder.clone(), Signer::of(core), from, now);
        let sealed = core
            .db()
            .write_locked(input, |tx, (holder, signer, from, now)| {
                Box::pin(async move { seal_in(tx, holder, signer, *from, *now).await })
            })
            .await?;
        match sealed {
            Sealed::NotOurs => {
                self.cursor = None;
                self.stands_by = true;
                Ok(false)
            }
            Sealed::Entries { .. } if self.stands_by => {
                self.stands_by = false;
                self.cursor = Some(0);
                self.whole_pass_at = now;
                Ok(true)
            }
            Sealed::Entries {
                last,
                more,
                signing,
            } => {
                self.cursor = more.then_some(last);
                self.note(signing, now);
                let signed = self.sign(core).await?;
                Ok(more || signed)
            }
        }
    }

    /// Signs the head when that is due; whether it did.
    async fn sign(&mut self, core: &Core) -> Result<bool, Error> {
        let now = core.now_ms();
        if now < self.refused_until {
            return Ok(false);
        }
        let signing = sign::when_due(core, &self.holder).await?;
        self.note(signing, now);
        Ok(signing == Signing::Done)
    }

    fn note(&mut self, signing: Signing, now_ms: i64) {
        if signing == Signing::Refused {
            self.refused_until = now_ms + MINUTE_MS;
            tracing::error!(
                "the audit trail is not the one that was signed last: nothing is signed; see `tillsyn audit \
                 verify`"
            );
        }
    }
}

/// Behind which event to seal; `None` when nothing waits.
async fn waiting_in(tx: &Tx, cursor: Option<i64>, now_ms: i64) -> Result<Option<i64>, Error> {
    const FLOOR: &str = "SELECT seq FROM event WHERE at < $1 ORDER BY at DESC, seq DESC LIMIT 1";
    const WAITING: &str = "SELECT e.seq FROM event e WHERE e.seq > $1 AND NOT EXISTS \
        (SELECT 1 FROM audit_entry a WHERE a.event_seq = e.seq) ORDER BY e.seq LIMIT 1";
    let from = match cursor {
        Some(cursor) => cursor,
        None => match tx.fetch_optional(FLOOR, args![now_ms - MINUTE_MS]).await? {
            Some(row) => row.i64(0)?,
            None => 0,
        },
    };
    let found = tx.fetch_optional(WAITING, args![from]).await?;
    Ok(found.map(|_| from))
}

async fn seal_in(
    tx: &Tx,
    holder: &str,
    signer: &Signer,
    cursor: i64,
    now_ms: i64,
) -> Result<Sealed, Error> {
    const EVENTS: &str = concat!(
        "SELECT e.seq, ",
        record_columns!(),
        " FROM event e WHERE e.seq > $1 AND NOT EXISTS \
          (SELECT 1 FROM audit_entry a WHERE a.event_seq = e.seq) ORDER BY e.seq LIMIT $2"
    );
    if !lease::claim_in(tx, SEALED, holder, now_ms).await? {
        return Ok(Sealed::NotOurs);
    }
    let (mut position, mut hash) = head_in(tx).await?;
    // No further than to the next checkpoint, which then is made at once: retention cuts only there.
    let (signed, _) = sign::last_in(tx).await?;
    let room = CHECKPOINT_ENTRIES - (position - signed);
    let chunk = if room > 0 { CHUNK.min(room) } else { CHUNK };
    let rows = tx.fetch_all(EVENTS, args![cursor, chunk]).await?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut last = cursor;
    for row in &rows {
        last = row.i64(0)?;
        position += 1;
        let mut record = Record::decode(row, 1)?;
        identity::take_out_in(tx, last, &mut record).await?;
        hash = link(&hash, &record.digest())
            .ok_or_else(|| Error::internal("The last hash of the audit trail is none."))?;
        entries.push(args![position, last, hash.as_str()]);
    }
    let more = i64::try_from(entries.len()).unwrap_or(0) == chunk;
    tx.insert_many(
        "INSERT INTO audit_entry (position, event_seq, hash)",
        3,
        entries,
        "",
    )
    .await?;
    lease::reach_in(tx, SEALED, position).await?;
    let signing = if position - signed >= CHECKPOINT_ENTRIES {
        signer.sign_in(tx, (position, &hash), now_ms).await?
    } else {
        Signing::NotDue
    };
    Ok(Sealed::Entries {
        last,
        more,
        signing,
    })
}

/// Position and hash of the last entry: of the cut, when retention took all.
pub(crate) async fn head_in(tx: &Tx) -> Result<(i64, String), Error> {
    const LAST: &str = "SELECT position, hash FROM audit_entry ORDER BY position DESC LIMIT 1";
    const CUT: &str = "SELECT position, hash FROM audit_cut ORDER BY position DESC LIMIT 1";
    for sql in [LAST, CUT] {
        if let Some(row) = tx.fetch_optional(sql, args![]).await? {
            return Ok((row.i64(0)?, row.text(1)?));
        }
    }
    Ok((0, GENESIS.to_owned()))
}
