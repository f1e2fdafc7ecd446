//! The trail for others, in pieces that are written as they are read.

use std::collections::HashMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::chain::Checkpoint;
use super::seal::head_in;
use super::sign;
use super::verify::{Body, Entry, Start, keys, page, start_in};
use super::{cef, file};
use crate::actor::{Actor, Permission, may, refuse_limited};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;

/// What the lines are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The whole trail with hashes and checkpoints: what `tillsyn audit verify` reads.
    #[default]
    JsonLines,
    Cef,
}

/// Which part of the trail.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub format: Format,
    /// Events since then, in milliseconds.
    pub from: Option<i64>,
    /// Events before then.
    pub to: Option<i64>,
}

/// An export on its way.
pub struct Export {
    core: Core,
    /// Path of the units that the reader sees.
    scope: String,
    format: Format,
    begin: Start,
    position: i64,
    hash: String,
    /// The last entry that was asked for, and the signed head up to which hashes follow.
    wanted: i64,
    last: i64,
    /// Checkpoints up to here were read.
    seen: i64,
    checkpoint: Option<i64>,
    /// Paths of units, as they were met.
    units: HashMap<String, Option<String>>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Begin,
    Entries,
    Over,
}

/// Entries of one piece.
const PAGE: i64 = 500;

/// Begins an export, and records that it was asked for. Of units outside the reader's there are only hashes.
pub async fn export(core: &Core, actor: &Actor, asked: Asked) -> Result<Export, Error> {
    may(actor, Permission::AuditExport)?;
    refuse_limited(actor)?;
    let unit = org::of_path(core, &actor.unit_path).await?;
    let mut range = range(core, &asked).await?;
    if asked.format == Format::JsonLines {
        range.end_signed(core).await?;
    }
    let Range {
        begin,
        wanted,
        last,
    } = range;
    let details = json!({
        "format": match asked.format {
            Format::JsonLines => "json_lines",
            Format::Cef => "cef",
        },
        "from": asked.from, "to": asked.to, "after_position": begin.position, "to_position": wanted,
    });
    let input = (actor.clone(), unit.id.to_string(), details, core.now_ms());
    core.db()
        .write(input, |tx, (actor, unit, details, now)| {
            Box::pin(async move {
                let event =
                    NewEvent::done("audit.export", "audit", "trail", unit).with(details.clone());
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(Export {
        core: core.clone(),
        scope: actor.unit_path.clone(),
        format: asked.format,
        position: begin.position,
        hash: begin.hash.clone(),
        wanted,
        last,
        // The checkpoint at the beginning belongs to a file that begins in the middle.
        seen: begin.position - i64::from(begin.checkpoint.is_none()),
        begin,
        checkpoint: None,
        units: HashMap::new(),
        state: State::Begin,
    })
}

/// Which entries.
struct Range {
    begin: Start,
    /// The last that was asked for.
    wanted: i64,
    /// The last that is written.
    last: i64,
}

impl Range {
    /// Goes on to the next signed head, and makes one where there is none: without it the end proves nothing.
    async fn end_signed(&mut self, core: &Core) -> Result<(), Error> {
        const NEXT: &str = "SELECT MIN(position) FROM audit_checkpoint WHERE position >= $1";
        for attempt in 0..2 {
            let row = core.db().query_optional(NEXT, args![self.wanted]).await?;
            if let Some(end) = row.map(|row| row.opt_i64(0)).transpose()?.flatten() {
                self.last = end;
                break;
            }
            if attempt == 0 {
                sign::now(core).await?;
            }
        }
        if self.last == self.begin.position {
            // Nothing but the head itself.
            self.begin.checkpoint = None;
        }
        Ok(())
    }
}

async fn range(core: &Core, asked: &Asked) -> Result<Range, Error> {
    core.db()
        .read((asked.from, asked.to), |tx, (from, to)| {
            Box::pin(async move { range_in(tx, *from, *to).await })
        })
        .await
}

async fn range_in(tx: &Tx, from: Option<i64>, to: Option<i64>) -> Result<Range, Error> {
    const FIRST: &str = "SELECT MIN(a.position) FROM audit_entry a JOIN event e ON e.seq = a.event_seq \
        WHERE e.at >= $1";
    const LAST: &str = "SELECT MAX(a.position) FROM audit_entry a JOIN event e ON e.seq = a.event_seq \
        WHERE e.at < $1";
    const BEFORE: &str = "SELECT hash FROM audit_entry WHERE position = $1";
    let start = start_in(tx).await?;
    let (head, head_hash) = head_in(tx).await?;
    let in_the_middle = |position, hash| Start {
        position,
        hash,
        checkpoint: None,
    };
    let begin = match from {
        None => start,
        Some(from) => match tx.fetch_one(FIRST, args![from]).await?.opt_i64(0)? {
            // Nothing since then.
            None => in_the_middle(head, head_hash),
            Some(first) if first > start.position + 1 => {
                let row = tx.fetch_one(BEFORE, args![first - 1]).await?;
                in_the_middle(first - 1, row.text(0)?)
            }
            Some(_) => start,
        },
    };
    let wanted = match to {
        None => head,
        Some(to) => {
            let last = tx.fetch_one(LAST, args![to]).await?.opt_i64(0)?;
            last.unwrap_or(0)
        }
    };
    let wanted = wanted.max(begin.position);
    Ok(Range {
        begin,
        wanted,
        last: wanted,
    })
}

impl Export {
    /// The next piece; `None` when all was written.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        let mut out = String::new();
        match self.state {
            State::Over => return Ok(None),
            State::Begin => {
                if self.format == Format::JsonLines {
                    self.write_head(&mut out).await?;
                }
                self.state = State::Entries;
            }
            State::Entries => {
                if self.write_page(&mut out).await? {
                    if self.format == Format::JsonLines {
                        file::write_end(&mut out, self.position, &self.hash, self.checkpoint);
                    }
                    self.state = State::Over;
                }
            }
        }
        Ok(Some(out))
    }

    async fn write_head(&mut self, out: &mut String) -> Result<(), Error> {
        file::write_begin(out, &self.begin);
        for (id, certificate) in keys(&self.core).await?.own {
            file::write_certificate(out, &id, &certificate);
        }
        Ok(())
    }

    /// Writes one page; whether it was the last.
    async fn write_page(&mut self, out: &mut String) -> Result<bool, Error> {
        let (entries, checkpoints) = page(&self.core, self.position, self.seen, PAGE).await?;
        let full = i64::try_from(entries.len()).unwrap_or(0) == PAGE;
        let mut signed = checkpoints.into_iter().peekable();
        self.write_signed(out, &mut signed);
        for entry in entries {
            if entry.position > self.last {
                return Ok(true);
            }
            let shown = self.is_shown(&entry).await?;
            match (self.format, &entry.body) {
                (Format::JsonLines, _) => file::write_entry(out, &entry, shown),
                (Format::Cef, Body::Event(record)) if shown => {
                    let address = entry.identity.as_ref().map(|(_, address)| address.as_str());
                    let address = address.or(record.address.as_deref());
                    out.push_str(&cef::line(record, entry.position, &entry.hash, address));
                    out.push('\n');
                }
                (Format::Cef, _) => {}
            }
            self.position = entry.position;
            self.hash = entry.hash;
            self.write_signed(out, &mut signed);
        }
        Ok(!full || self.position >= self.last)
    }

    /// The checkpoints up to where the file is.
    fn write_signed(&mut self, out: &mut String, signed: &mut Peekable<IntoIter<Checkpoint>>) {
        while let Some(checkpoint) = signed.next_if(|c| c.position <= self.position) {
            self.seen = checkpoint.position;
            if self.format == Format::JsonLines {
                file::write_checkpoint(out, &checkpoint);
                self.checkpoint = Some(checkpoint.position);
            }
        }
    }

    /// Whether the event was asked for, and its unit is the reader's or below it.
    async fn is_shown(&mut self, entry: &Entry) -> Result<bool, Error> {
        const PATH: &str = "SELECT path FROM org_unit WHERE id = $1";
        let Body::Event(record) = &entry.body else {
            return Ok(false);
        };
        if entry.position > self.wanted {
            return Ok(false);
        }
        if self.scope.is_empty() {
            return Ok(true);
        }
        let unit = &record.org_unit_id;
        if !self.units.contains_key(unit) {
            let row = self.core.db().query_optional(PATH, args![unit]).await?;
            let path = row.map(|row| row.text(0)).transpose()?;
            self.units.insert(unit.clone(), path);
        }
        let path = self.units.get(unit).and_then(Option::as_deref);
        Ok(path.is_some_and(|path| path.starts_with(&self.scope)))
    }
}
