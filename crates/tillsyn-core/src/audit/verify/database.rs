//! The trail of this database, page by page.

use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::cert::Certificate;
use tillsyn_pki::key::PublicKey;

use super::checker::{Body, Checker, Entry, Finding, Start, Verdict};
use crate::audit::chain::{Checkpoint, Record, record_columns};
use crate::audit::seal::{SEALED, SIGNED};
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;

/// Entries of one page.
pub(crate) const PAGE: i64 = 1_000;
/// A sealer that is away for so long is a fault to look at.
const LATE_MS: i64 = 10 * MINUTE_MS;

/// Verifies the whole trail. `head` is a head that was kept elsewhere.
pub async fn verify(core: &Core, head: Option<&(i64, String)>) -> Result<Verdict, Error> {
    // Retention may cut while the trail is read: then it is read again.
    for _ in 0..3 {
        let before = start(core).await?.position;
        let verdict = once(core, head).await?;
        if verdict.is_whole() || start(core).await?.position == before {
            return Ok(verdict);
        }
    }
    once(core, head).await
}

async fn once(core: &Core, head: Option<&(i64, String)>) -> Result<Verdict, Error> {
    let start = start(core).await?;
    let cut = start.position;
    // Before the pages: the sealer goes on meanwhile.
    let (sealed, signed) = (reached(core, SEALED).await?, reached(core, SIGNED).await?);
    let mut checker = Checker::new(start, keys(core).await?);
    let mut after = checker.head().0;
    loop {
        let (entries, checkpoints) = page(core, after, PAGE).await?;
        let full = i64::try_from(entries.len()).unwrap_or(0) == PAGE;
        let mut signed = checkpoints.iter().peekable();
        for entry in entries {
            after = entry.position;
            while signed.peek().is_some_and(|c| c.position < after) {
                signed
                    .next()
                    .into_iter()
                    .for_each(|c| checker.checkpoint(c));
            }
            checker.entry(entry);
            while signed.peek().is_some_and(|c| c.position == after) {
                signed
                    .next()
                    .into_iter()
                    .for_each(|c| checker.checkpoint(c));
            }
        }
        signed.for_each(|checkpoint| checker.checkpoint(checkpoint));
        if !full {
            break;
        }
    }
    checker.expect_head(sealed);
    if signed > cut {
        checker.expect_checkpoint_at_least(signed);
    }
    let (unsealed, forgotten) = unsealed(core).await?;
    for event_id in forgotten {
        checker.note(Finding::NotSealed { event_id });
    }
    Ok(checker.finish(head, unsealed))
}

/// How far the sealer says it has come.
async fn reached(core: &Core, lease: &'static str) -> Result<i64, Error> {
    const CURSOR: &str = "SELECT cursor FROM worker_lease WHERE name = $1";
    let row = core.db().query_optional(CURSOR, args![lease]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// Where the trail of this database begins.
pub(crate) async fn start(core: &Core) -> Result<Start, Error> {
    core.db()
        .read((), |tx, ()| Box::pin(async move { start_in(tx).await }))
        .await
}

pub(crate) async fn start_in(tx: &Tx) -> Result<Start, Error> {
    const CUT: &str = "SELECT position, hash FROM audit_cut ORDER BY position DESC LIMIT 1";
    match tx.fetch_optional(CUT, args![]).await? {
        Some(row) => Ok(Start::cut(row.i64(0)?, row.text(1)?)),
        None => Ok(Start::beginning()),
    }
}

/// Certificates of the keys that sign or signed checkpoints here, with their ids.
pub(crate) async fn certificates(core: &Core) -> Result<Vec<(String, Certificate)>, Error> {
    const KEYS: &str = "SELECT id, certificate FROM authority WHERE kind = 'audit' ORDER BY id";
    let rows = core.db().query_all(KEYS, args![]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, Certificate::from_der(&row.blob(1)?)?)))
        .collect()
}

pub(crate) async fn keys(core: &Core) -> Result<Vec<(Option<String>, PublicKey)>, Error> {
    let found = certificates(core).await?;
    let key =
        |(id, certificate): (String, Certificate)| (Some(id), certificate.public_key().clone());
    Ok(found.into_iter().map(key).collect())
}

/// Entries behind a position, and the checkpoints up to the last of them: on the last page all that are left.
pub(crate) async fn page(
    core: &Core,
    after: i64,
    limit: i64,
) -> Result<(Vec<Entry>, Vec<Checkpoint>), Error> {
    core.db()
        .read((after, limit), |tx, (after, limit)| {
            Box::pin(async move { page_in(tx, *after, *limit).await })
        })
        .await
}

pub(crate) async fn page_in(
    tx: &Tx,
    after: i64,
    limit: i64,
) -> Result<(Vec<Entry>, Vec<Checkpoint>), Error> {
    const ENTRIES: &str = concat!(
        "SELECT a.position, a.hash, i.salt, i.address, ",
        record_columns!(),
        " FROM audit_entry a LEFT JOIN event e ON e.seq = a.event_seq \
          LEFT JOIN event_identity i ON i.event_id = e.id \
          WHERE a.position > $1 ORDER BY a.position LIMIT $2"
    );
    const CHECKPOINTS: &str = "SELECT position, hash, previous, authority_id, signature, created_at \
        FROM audit_checkpoint WHERE position > $1 AND position <= $2 ORDER BY position";
    let rows = tx.fetch_all(ENTRIES, args![after, limit]).await?;
    let entries: Vec<Entry> = rows.iter().map(entry).collect::<Result<_, Error>>()?;
    let full = i64::try_from(entries.len()).unwrap_or(0) == limit;
    let to = match entries.last() {
        Some(last) if full => last.position,
        _ => i64::MAX,
    };
    let rows = tx.fetch_all(CHECKPOINTS, args![after, to]).await?;
    let checkpoints = rows.iter().map(checkpoint).collect::<Result<_, Error>>()?;
    Ok((entries, checkpoints))
}

fn entry(row: &Row) -> Result<Entry, Error> {
    let gone = row.is_null(4)?;
    let identity = match (row.opt_text(2)?, row.opt_text(3)?) {
        (Some(salt), Some(address)) => Some((salt, address)),
        _ => None,
    };
    Ok(Entry {
        position: row.i64(0)?,
        hash: row.text(1)?,
        body: if gone {
            Body::Gone
        } else {
            Body::Event(Box::new(Record::decode(row, 4)?))
        },
        identity,
    })
}

fn checkpoint(row: &Row) -> Result<Checkpoint, Error> {
    Ok(Checkpoint {
        position: row.i64(0)?,
        hash: row.text(1)?,
        previous: row.i64(2)?,
        authority_id: row.text(3)?,
        signature: row.blob(4)?,
        created_at: row.i64(5)?,
    })
}

/// How many events are not in the chain, and those among them that the sealer should have found.
async fn unsealed(core: &Core) -> Result<(i64, Vec<String>), Error> {
    const TAIL: &str = "SELECT count(*) FROM event e WHERE NOT EXISTS \
        (SELECT 1 FROM audit_entry a WHERE a.event_seq = e.seq)";
    const FORGOTTEN: &str = "SELECT e.id FROM event e WHERE NOT EXISTS \
        (SELECT 1 FROM audit_entry a WHERE a.event_seq = e.seq) AND e.at < $1 \
        AND e.seq < (SELECT MAX(event_seq) FROM audit_entry) ORDER BY e.seq LIMIT 1000";
    core.db()
        .read(core.now_ms() - LATE_MS, |tx, late| {
            Box::pin(async move {
                let count = tx.fetch_one(TAIL, args![]).await?.i64(0)?;
                if count == 0 {
                    return Ok((0, Vec::new()));
                }
                let rows = tx.fetch_all(FORGOTTEN, args![*late]).await?;
                let ids = rows
                    .iter()
                    .map(|row| row.text(0))
                    .collect::<Result<_, _>>()?;
                Ok::<_, Error>((count, ids))
            })
        })
        .await
}
