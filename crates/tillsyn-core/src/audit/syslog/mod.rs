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

const LEASE: &str = "audit.syslog";
/// Entries of one round.
const PAGE: i64 = 200;

/// Runs until the process ends; at once over where no collector is configured.
pub(crate) async fn run_worker(core: Core) {
    let Some(target) = core.config().syslog.clone() else {
        return;
    };
    let holder = lease::holder(&core);
    let mut connection = None;
    loop {
        let pause = match round(&core, &target, &holder, &mut connection).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => Duration::from_secs(1),
            Err(error) => {
                tracing::warn!(error = %error, "the collector of the audit trail cannot be reached");
                connection = None;
                Duration::from_secs(10)
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Sends what is new, once; for tests.
pub async fn send_due(core: &Core, target: &SyslogTarget) -> Result<(), Error> {
    let holder = lease::holder(core);
    let mut connection = None;
    while round(core, target, &holder, &mut connection).await? {}
    Ok(())
}

/// One page; whether there may be more.
async fn round(
    core: &Core,
    target: &SyslogTarget,
    holder: &str,
    connection: &mut Option<Connection>,
) -> Result<bool, Error> {
    let Some(cursor) = claim(core, holder).await? else {
        return Ok(false);
    };
    let (entries, checkpoints) = page(core, cursor, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.position) else {
        return Ok(false);
    };
    let messages = messages(
        &entries,
        &checkpoints,
        last,
        target.cef,
        &core.config().node,
    );
    let open = match connection.take() {
        Some(open) => open,
        None => target.connect().await?,
    };
    *connection = Some(open.send(&messages).await?);
    let input = (holder.to_owned(), last, core.now_ms());
    let kept = core
        .db()
        .write_locked(input, |tx, (holder, last, now)| {
            Box::pin(async move {
                let ours = lease::claim_in(tx, LEASE, holder, *now).await?;
                if ours {
                    lease::reach_in(tx, LEASE, *last).await?;
                }
                Ok::<_, Error>(ours)
            })
        })
        .await?;
    Ok(kept && i64::try_from(entries.len()).unwrap_or(0) == PAGE)
}

/// The position up to which was sent; `None` while another node sends, or nothing is new.
async fn claim(core: &Core, holder: &str) -> Result<Option<i64>, Error> {
    const NEWS: &str = "SELECT l.cursor FROM worker_lease l WHERE l.name = $1 AND EXISTS \
        (SELECT 1 FROM audit_entry a WHERE a.position > l.cursor)";
    // Looking first keeps an idle node from opening write transactions.
    if core
        .db()
        .query_optional(NEWS, args![LEASE])
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
                let row = tx.fetch_optional(NEWS, args![LEASE]).await?;
                Ok::<_, Error>(row.map(|row| row.i64(0)).transpose()?)
            })
        })
        .await
}

/// Entries in their order, each head behind its entry. A head that was signed after its entry was sent comes
/// along with the next entry's page.
fn messages(
    entries: &[Entry],
    checkpoints: &[Checkpoint],
    last: i64,
    cef: bool,
    node: &str,
) -> Vec<String> {
    let mut signed = checkpoints.iter().peekable();
    let mut messages = Vec::new();
    for entry in entries {
        messages.extend(of_entry(entry, cef, node));
        while let Some(checkpoint) =
            signed.next_if(|c| c.position <= entry.position && c.position <= last)
        {
            messages.push(of_checkpoint(checkpoint, node));
        }
    }
    messages
}
