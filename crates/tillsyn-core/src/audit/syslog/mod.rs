//! Sends the trail to a collector by syslog: events as they are sealed, and each signed head. At least once:
//! what a collector may not have got is sent again.

mod message;
mod target;
#[cfg(test)]
mod tests;

pub use target::{SyslogTarget, Transport};

use std::time::Duration;

use tillsyn_db::args;

use super::chain::Checkpoint;
use super::verify::{Entry, page};
use crate::core::Core;
use crate::error::Error;
use crate::lease;
use message::{of_checkpoint, of_entry};
use target::Connection;

/// The lease, whose cursor is the last entry that was sent.
const LEASE: &str = "audit.syslog";
/// Whose cursor is the position of the last head that was sent: heads are signed after their entries.
const HEADS: &str = "audit.syslog_heads";
/// Entries of one round.
const PAGE: i64 = 200;
/// So many positions a new connection begins before the end of the last: what that one took may not have
/// arrived.
const REWIND: i64 = 1_000;

/// Runs until the process ends; at once over where no collector is configured.
pub(crate) async fn run_worker(core: Core) {
    let Some(target) = core.config().syslog.clone() else {
        return;
    };
    let mut sender = SyslogSender::new(&core, target);
    loop {
        let pause = match sender.round(&core).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => Duration::from_secs(1),
            Err(error) => {
                tracing::warn!(error = %error, "the collector of the audit trail cannot be reached");
                Duration::from_secs(10)
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// One node's way to the collector.
pub struct SyslogSender {
    target: SyslogTarget,
    holder: String,
    line: Option<Line>,
}

/// A connection, and up to where it was told entries and heads.
struct Line {
    connection: Connection,
    entries: i64,
    heads: i64,
}

impl SyslogSender {
    pub fn new(core: &Core, target: SyslogTarget) -> Self {
        Self {
            target,
            holder: lease::holder(core),
            line: None,
        }
    }

    /// Sends what is new, once; for tests.
    pub async fn send_due(&mut self, core: &Core) -> Result<(), Error> {
        while self.round(core).await? {}
        Ok(())
    }

    /// One page; whether there may be more. After a failure the connection is gone.
    async fn round(&mut self, core: &Core) -> Result<bool, Error> {
        let Some((sent, told)) = claim(core, &self.holder).await? else {
            return Ok(false);
        };
        let mut line = self.open(sent, told).await?;
        let (entries, checkpoints) = page(core, line.entries, line.heads, PAGE).await?;
        let messages = messages(&entries, &checkpoints, self.target.cef, &core.config().node);
        line.connection = line.connection.send(&messages).await?;
        line.entries = entries.last().map_or(line.entries, |last| last.position);
        line.heads = checkpoints.last().map_or(line.heads, |last| last.position);
        let full = i64::try_from(entries.len()).unwrap_or(0) == PAGE;
        let input = (
            self.holder.clone(),
            line.entries.max(sent),
            line.heads.max(told),
            core.now_ms(),
        );
        self.line = Some(line);
        let kept = core
            .db()
            .write_locked(input, |tx, (holder, entries, heads, now)| {
                Box::pin(async move {
                    let ours = lease::claim_in(tx, LEASE, holder, *now).await?;
                    if ours {
                        lease::reach_in(tx, LEASE, *entries).await?;
                        lease::reach_in(tx, HEADS, *heads).await?;
                    }
                    Ok::<_, Error>(ours)
                })
            })
            .await?;
        Ok(kept && full)
    }

    /// The connection as it is, or a new one.
    async fn open(&mut self, sent: i64, told: i64) -> Result<Line, Error> {
        if let Some(mut line) = self.line.take()
            && line.connection.is_open().await
        {
            return Ok(line);
        }
        let connection = self.target.connect().await?;
        let back = match self.target.transport {
            Transport::Udp => 0,
            Transport::Tcp | Transport::Tls => REWIND,
        };
        Ok(Line {
            connection,
            entries: (sent - back).max(0),
            heads: (told - back).max(0),
        })
    }
}

/// The positions up to which entries and heads were sent; `None` while another node sends, or nothing is new.
async fn claim(core: &Core, holder: &str) -> Result<Option<(i64, i64)>, Error> {
    const NEWS: &str = "SELECT l.cursor, h.cursor FROM worker_lease l JOIN worker_lease h ON h.name = $2 \
        WHERE l.name = $1 AND (EXISTS (SELECT 1 FROM audit_entry a WHERE a.position > l.cursor) \
        OR EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.position > h.cursor \
        AND c.position <= l.cursor))";
    // Looking first keeps an idle node from opening write transactions.
    if core
        .db()
        .query_optional(NEWS, args![LEASE, HEADS])
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let input = (holder.to_owned(), core.now_ms());
    core.db()
        .write_locked(input, |tx, (holder, now)| {
            Box::pin(async move {
                if !lease::claim_in(tx, LEASE, holder, *now).await? {
                    return Ok(None);
                }
                let row = tx.fetch_optional(NEWS, args![LEASE, HEADS]).await?;
                let cursors = row.map(|row| Ok::<_, Error>((row.i64(0)?, row.i64(1)?)));
                cursors.transpose()
            })
        })
        .await
}

/// Entries in their order, each head behind its entry: also one that was signed after its entry was sent.
fn messages(entries: &[Entry], checkpoints: &[Checkpoint], cef: bool, node: &str) -> Vec<String> {
    let mut signed = checkpoints.iter().peekable();
    let mut messages = Vec::new();
    for entry in entries {
        while let Some(checkpoint) = signed.next_if(|c| c.position < entry.position) {
            messages.push(of_checkpoint(checkpoint, node));
        }
        messages.extend(of_entry(entry, cef, node));
    }
    messages.extend(signed.map(|checkpoint| of_checkpoint(checkpoint, node)));
    messages
}
