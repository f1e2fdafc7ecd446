//! The trail for others, in pieces that are written as they are read.

use std::collections::HashMap;

use serde_json::json;
use tillsyn_db::args;

use super::verify::{Body, Entry, Start, certificates, page, start};
use super::{cef, file};
use crate::actor::{Actor, Permission, may};
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
    position: i64,
    hash: String,
    last: i64,
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
    let unit = org::of_path(core, &actor.unit_path).await?;
    let (begin, last) = range(core, &asked).await?;
    let details = json!({
        "format": match asked.format {
            Format::JsonLines => "json_lines",
            Format::Cef => "cef",
        },
        "from": asked.from, "to": asked.to, "after_position": begin.position, "to_position": last,
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
        hash: begin.hash,
        last,
        checkpoint: None,
        units: HashMap::new(),
        state: State::Begin,
    })
}

/// The place before the first entry, and the last entry.
async fn range(core: &Core, asked: &Asked) -> Result<(Start, i64), Error> {
    const FIRST: &str = "SELECT MIN(a.position) FROM audit_entry a JOIN event e ON e.seq = a.event_seq \
        WHERE e.at >= $1";
    const LAST: &str = "SELECT MAX(a.position) FROM audit_entry a JOIN event e ON e.seq = a.event_seq \
        WHERE e.at < $1";
    const BEFORE: &str = "SELECT position, hash FROM audit_entry WHERE position < $1 \
        ORDER BY position DESC LIMIT 1";
    let mut begin = start(core).await?;
    let number = async |sql, value: i64| -> Result<Option<i64>, Error> {
        let row = core.db().query_optional(sql, args![value]).await?;
        Ok(row.map(|row| row.opt_i64(0)).transpose()?.flatten())
    };
    let last = number(LAST, asked.to.unwrap_or(i64::MAX)).await?;
    if let Some(from) = asked.from {
        // Of what is still to come nothing: it begins behind the last entry.
        let first = number(FIRST, from).await?.unwrap_or(i64::MAX);
        let before = core.db().query_optional(BEFORE, args![first]).await?;
        if let Some(row) = before
            && row.i64(0)? > begin.position
        {
            begin = Start {
                position: row.i64(0)?,
                hash: row.text(1)?,
                checkpoint: None,
            };
        }
    }
    let last = last.unwrap_or(begin.position);
    Ok((begin, last))
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
        let begin = start(&self.core).await?;
        let checkpoint = (begin.position == self.position).then_some(begin.position);
        let begin = Start {
            position: self.position,
            hash: self.hash.clone(),
            checkpoint,
        };
        file::write_begin(out, &begin);
        for (id, certificate) in certificates(&self.core).await? {
            file::write_certificate(out, &id, &certificate);
        }
        Ok(())
    }

    /// Writes one page; whether it was the last.
    async fn write_page(&mut self, out: &mut String) -> Result<bool, Error> {
        let (entries, checkpoints) = page(&self.core, self.position, PAGE).await?;
        let full = i64::try_from(entries.len()).unwrap_or(0) == PAGE;
        let mut signed = checkpoints.into_iter().peekable();
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
            while let Some(checkpoint) = signed.next_if(|c| c.position <= self.position) {
                if self.format == Format::JsonLines {
                    file::write_checkpoint(out, &checkpoint);
                    self.checkpoint = Some(checkpoint.position);
                }
            }
        }
        Ok(!full || self.position >= self.last)
    }

    /// Whether the event's unit is the reader's or below it.
    async fn is_shown(&mut self, entry: &Entry) -> Result<bool, Error> {
        const PATH: &str = "SELECT path FROM org_unit WHERE id = $1";
        let Body::Event(record) = &entry.body else {
            return Ok(false);
        };
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
