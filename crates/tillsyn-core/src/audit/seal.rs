//! The sealer: committed events become entries of the chain within a second, and heads are signed.
//!
//! On PostgreSQL an event may be committed after others with higher numbers: each pass begins a minute back,
//! and once an hour at the beginning.

use std::time::Duration;

use tillsyn_db::{Tx, args};

use super::chain::{Checkpoint, GENESIS, Record, link, record_columns};
use crate::clock::{HOUR_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;
use crate::keys::Authorities;
use crate::lease;

/// Entries of one transaction.
const CHUNK: i64 = 500;
/// A checkpoint comes after so many entries, or when there is news and the last is so old.
const CHECKPOINT_ENTRIES: i64 = 1_000;
const CHECKPOINT_MS: i64 = MINUTE_MS;
/// The lease, whose cursor is the last position.
pub(crate) const SEALED: &str = "audit.seal";
/// Whose cursor is the position of the last checkpoint.
pub(crate) const SIGNED: &str = "audit.checkpoint";

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
}

enum Sealed {
    Entries { last: i64, more: bool },
    NotOurs,
}

impl Sealer {
    /// Begins with a pass over everything.
    pub fn new(core: &Core) -> Self {
        Self {
            holder: lease::holder(core),
            cursor: Some(0),
            whole_pass_at: core.now_ms(),
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
            return checkpoint(core, &self.holder).await;
        };
        let input = (self.holder.clone(), from, now);
        let sealed = core
            .db()
            .write_locked(input, |tx, (holder, from, now)| {
                Box::pin(async move { seal_in(tx, holder, *from, *now).await })
            })
            .await?;
        match sealed {
            Sealed::NotOurs => {
                // Whoever takes over looks at everything.
                self.cursor = Some(0);
                Ok(false)
            }
            Sealed::Entries { last, more } => {
                self.cursor = more.then_some(last);
                let signed = checkpoint(core, &self.holder).await?;
                Ok(more || signed)
            }
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

async fn seal_in(tx: &Tx, holder: &str, cursor: i64, now_ms: i64) -> Result<Sealed, Error> {
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
    let rows = tx.fetch_all(EVENTS, args![cursor, CHUNK]).await?;
    let mut entries = Vec::with_capacity(rows.len());
    let mut last = cursor;
    for row in &rows {
        last = row.i64(0)?;
        position += 1;
        let record = Record::decode(row, 1)?;
        hash = link(&hash, &record.digest())
            .ok_or_else(|| Error::internal("The last hash of the audit trail is none."))?;
        entries.push(args![position, last, hash.as_str()]);
    }
    let more = i64::try_from(entries.len()).unwrap_or(0) == CHUNK;
    tx.insert_many(
        "INSERT INTO audit_entry (position, event_seq, hash)",
        3,
        entries,
        "",
    )
    .await?;
    lease::reach_in(tx, SEALED, position).await?;
    Ok(Sealed::Entries { last, more })
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

/// Position and time of the last checkpoint.
async fn last_checkpoint_in(tx: &Tx) -> Result<(i64, i64), Error> {
    const LAST: &str =
        "SELECT position, created_at FROM audit_checkpoint ORDER BY position DESC LIMIT 1";
    match tx.fetch_optional(LAST, args![]).await? {
        Some(row) => Ok((row.i64(0)?, row.i64(1)?)),
        None => Ok((0, i64::MIN)),
    }
}

/// Whether a checkpoint of `head` is due.
fn is_due(head: i64, last: i64, last_at: i64, now_ms: i64) -> bool {
    head - last >= CHECKPOINT_ENTRIES || (head > last && now_ms - CHECKPOINT_MS >= last_at)
}

/// Signs the head when that is due; whether it did.
async fn checkpoint(core: &Core, holder: &str) -> Result<bool, Error> {
    let now = core.now_ms();
    let due = core
        .db()
        .read(now, |tx, now| {
            Box::pin(async move {
                let (head, _) = head_in(tx).await?;
                let (last, at) = last_checkpoint_in(tx).await?;
                Ok::<_, Error>(is_due(head, last, at, *now))
            })
        })
        .await?;
    if !due {
        return Ok(false);
    }
    let input = (holder.to_owned(), core.authorities(), now);
    core.db()
        .write_locked(input, |tx, (holder, authorities, now)| {
            Box::pin(async move { checkpoint_in(tx, holder, authorities, *now).await })
        })
        .await
}

async fn checkpoint_in(
    tx: &Tx,
    holder: &str,
    authorities: &Authorities,
    now_ms: i64,
) -> Result<bool, Error> {
    const PUT: &str = "INSERT INTO audit_checkpoint (position, hash, previous, authority_id, \
        signature, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    if !lease::claim_in(tx, SEALED, holder, now_ms).await? {
        return Ok(false);
    }
    let (position, hash) = head_in(tx).await?;
    let (previous, at) = last_checkpoint_in(tx).await?;
    if !is_due(position, previous, at, now_ms) {
        return Ok(false);
    }
    let made = Checkpoint {
        position,
        hash,
        previous,
        created_at: now_ms,
        authority_id: authorities.audit_id.clone(),
        signature: Vec::new(),
    }
    .sign(&authorities.audit.key)?;
    let values = args![
        made.position,
        made.hash.as_str(),
        made.previous,
        made.authority_id.as_str(),
        made.signature,
        made.created_at
    ];
    tx.execute(PUT, values).await?;
    lease::reach_in(tx, SIGNED, position).await?;
    Ok(true)
}
