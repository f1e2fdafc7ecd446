//! The trail of this database, page by page.

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};
use tillsyn_pki::key::PublicKey;

use super::checker::{Body, Checker, Entry, Start, Verdict};
use super::finding::Finding;
use super::keys::keys;
use crate::audit::chain::{Checkpoint, Record, record_columns};
use crate::audit::memory::{self, Mark};
use crate::audit::seal::SEALED;
use crate::audit::sign::SIGNED;
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;

/// Entries of one page.
pub(crate) const PAGE: i64 = 1_000;
/// A sealer that is away for so long is a fault to look at.
const LATE_MS: i64 = 10 * MINUTE_MS;

/// Verifies the whole trail. `head` is a head that was kept elsewhere.
pub async fn verify(core: &Core, head: Option<&(i64, String)>) -> Result<Verdict, Error> {
    verify_with(core, head, &[]).await
}

/// The same; only signatures by `pinned` count, if there are any.
pub async fn verify_with(
    core: &Core,
    head: Option<&(i64, String)>,
    pinned: &[PublicKey],
) -> Result<Verdict, Error> {
    // Retention may cut while the trail is read: then it is read again.
    for _ in 0..3 {
        let before = begun(core).await?.start.position;
        let verdict = once(core, head, pinned).await?;
        if verdict.is_whole() || begun(core).await?.start.position == before {
            return Ok(verdict);
        }
    }
    once(core, head, pinned).await
}

async fn once(
    core: &Core,
    head: Option<&(i64, String)>,
    pinned: &[PublicKey],
) -> Result<Verdict, Error> {
    let begun = begun(core).await?;
    let cut = begun.start.position;
    // Before the pages: the sealer goes on meanwhile.
    let (sealed, mut signed) = (reached(core, SEALED).await?, reached(core, SIGNED).await?);
    let keys = keys(core).await?;
    let trusted = if pinned.is_empty() {
        keys.trusted()
    } else {
        pinned.iter().map(|key| (None, key.clone())).collect()
    };
    let lacks = begun.lacks(&trusted);
    let mut checker = Checker::new(begun.start, trusted);
    for authority_id in keys.foreign {
        checker.note(Finding::ForeignKey { authority_id });
    }
    if let Some(lacks) = lacks {
        let position = cut;
        checker.note(Finding::Cut { position, lacks });
    }
    match &begun.signed {
        Some(last) => {
            checker.expect_signed(last);
            signed = signed.max(last.0);
        }
        None => checker.note(Finding::Forgotten),
    }
    if let Some(head) = head {
        checker.expect_given(head);
    }
    let mut after = cut;
    // A head may be signed between two pages, at the last entry of the first.
    let mut seen = cut;
    loop {
        let (entries, checkpoints) = page(core, after, seen, PAGE).await?;
        let full = i64::try_from(entries.len()).unwrap_or(0) == PAGE;
        seen = checkpoints.last().map_or(seen, |last| last.position);
        let mut signed = checkpoints.iter().peekable();
        for entry in entries {
            after = entry.position;
            while let Some(checkpoint) = signed.next_if(|c| c.position < after) {
                checker.checkpoint(checkpoint);
            }
            checker.entry(entry);
            while let Some(checkpoint) = signed.next_if(|c| c.position == after) {
                checker.checkpoint(checkpoint);
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
    Ok(checker.finish(unsealed))
}

/// Where the trail begins, what proves it, and what the server remembers to have signed last.
struct Begun {
    start: Start,
    /// The cut that the server remembers.
    cut: Option<(i64, String)>,
    /// The signed head at which was cut.
    checkpoint: Option<Checkpoint>,
    /// Whether the trail tells of the cut.
    told: bool,
    signed: Option<(i64, String)>,
}

impl Begun {
    /// What the beginning lacks of being a cut of the server's own.
    fn lacks(&self, trusted: &[(Option<String>, PublicKey)]) -> Option<&'static str> {
        let here = (self.start.position, self.start.hash.as_str());
        if here.0 == 0 && self.cut.is_none() {
            return None;
        }
        let remembered = self.cut.as_ref().map(|(at, hash)| (*at, hash.as_str()));
        let signed = self.checkpoint.as_ref().is_some_and(|c| {
            let good = |(id, key): &(Option<String>, PublicKey)| {
                id.as_ref().is_none_or(|id| *id == c.authority_id) && c.is_signed_by(key)
            };
            (c.position, c.hash.as_str()) == here && trusted.iter().any(good)
        });
        if remembered != Some(here) {
            Some("the server remembers another, or none")
        } else if !signed {
            Some("there is no signed head")
        } else if !self.told {
            Some("no event tells of it")
        } else {
            None
        }
    }
}

async fn begun(core: &Core) -> Result<Begun, Error> {
    core.db()
        .read(core.keys().clone(), |tx, keys| {
            Box::pin(async move {
                let start = start_in(tx).await?;
                Ok::<_, Error>(Begun {
                    cut: memory::read_in(tx, keys, Mark::Cut).await?,
                    checkpoint: checkpoint_at(tx, start.position).await?,
                    told: is_told(tx, start.position, &start.hash).await?,
                    signed: memory::read_in(tx, keys, Mark::Signed).await?,
                    start,
                })
            })
        })
        .await
}

async fn checkpoint_at(tx: &Tx, position: i64) -> Result<Option<Checkpoint>, Error> {
    const FIND: &str = "SELECT position, hash, previous, authority_id, signature, created_at \
        FROM audit_checkpoint WHERE position = $1";
    let found = tx.fetch_optional(FIND, args![position]).await?;
    found.as_ref().map(checkpoint).transpose()
}

/// Whether an event says that the trail was cut here. It is younger than what was cut.
async fn is_told(tx: &Tx, position: i64, hash: &str) -> Result<bool, Error> {
    const CUTS: &str =
        "SELECT details FROM event WHERE action = 'audit.cut' ORDER BY seq DESC LIMIT 10";
    for row in tx.fetch_all(CUTS, args![]).await? {
        let details: Json = serde_json::from_str(&row.text(0)?).unwrap_or_default();
        if details["position"] == position && details["hash"] == hash {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How far the sealer says it has come.
async fn reached(core: &Core, lease: &'static str) -> Result<i64, Error> {
    const CURSOR: &str = "SELECT cursor FROM worker_lease WHERE name = $1";
    let row = core.db().query_optional(CURSOR, args![lease]).await?;
    Ok(row.map_or(Ok(0), |row| row.i64(0))?)
}

/// Where the trail of this database begins.
pub(crate) async fn start_in(tx: &Tx) -> Result<Start, Error> {
    const CUT: &str = "SELECT position, hash FROM audit_cut ORDER BY position DESC LIMIT 1";
    match tx.fetch_optional(CUT, args![]).await? {
        Some(row) => Ok(Start::cut(row.i64(0)?, row.text(1)?)),
        None => Ok(Start::beginning()),
    }
}

/// Entries behind a position, and the checkpoints behind `seen` up to the last of them: on the last page all
/// that are left.
pub(crate) async fn page(
    core: &Core,
    after: i64,
    seen: i64,
    limit: i64,
) -> Result<(Vec<Entry>, Vec<Checkpoint>), Error> {
    core.db()
        .read((after, seen, limit), |tx, (after, seen, limit)| {
            Box::pin(async move { page_in(tx, *after, *seen, *limit).await })
        })
        .await
}

pub(crate) async fn page_in(
    tx: &Tx,
    after: i64,
    seen: i64,
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
    let rows = tx.fetch_all(CHECKPOINTS, args![seen, to]).await?;
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
