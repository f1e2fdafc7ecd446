//! Requests that nobody answered in time.

use tillsyn_db::{Tx, args};

use super::carry::drop_in;
use super::status::ApprovalStatus;
use super::store::{COLUMNS, End, decode, settle_in};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;

/// Requests of one transaction: the commands of each are withdrawn with it.
const CHUNK: i64 = 20;

/// Ends what lapsed; what waited is withdrawn.
pub(crate) async fn lapse_due(core: &Core) -> Result<(), Error> {
    loop {
        let lapsed = core
            .db()
            .write(core.now_ms(), |tx, now| {
                Box::pin(async move {
                    let sql = format!(
                        "{COLUMNS} WHERE a.status = 'waiting' AND a.expires_at <= $1 \
                         ORDER BY a.expires_at LIMIT $2"
                    );
                    let rows = tx.fetch_all_dyn(&sql, args![*now, CHUNK]).await?;
                    let system = Actor::system();
                    for row in &rows {
                        let due = decode(row, *now)?;
                        let status = ApprovalStatus::Expired;
                        drop_in(tx, &system, &due.change, status, *now).await?;
                        let end = End {
                            status,
                            reason: None,
                        };
                        let (kind, subject) = (due.change.kind(), due.change.subject());
                        settle_in(tx, &system, kind, subject, end, *now).await?;
                    }
                    Ok::<_, Error>(i64::try_from(rows.len()).unwrap_or(CHUNK))
                })
            })
            .await?;
        if lapsed < CHUNK {
            return Ok(());
        }
    }
}

/// Ends everything that waits, whoever asked; answers how many. For an installation that was restored: what was
/// decided since the backup is not known.
pub(crate) async fn lapse_all_in(
    tx: &Tx,
    actor: &Actor,
    reason: &'static str,
    now_ms: i64,
) -> Result<u64, Error> {
    let sql = format!("{COLUMNS} WHERE a.status = 'waiting' ORDER BY a.id");
    let mut lapsed = 0;
    for row in &tx.fetch_all_dyn(&sql, args![]).await? {
        let found = decode(row, now_ms)?;
        let status = ApprovalStatus::Expired;
        drop_in(tx, actor, &found.change, status, now_ms).await?;
        let end = End {
            status,
            reason: Some(reason),
        };
        let (kind, subject) = (found.change.kind(), found.change.subject());
        settle_in(tx, actor, kind, subject, end, now_ms).await?;
        lapsed += 1;
    }
    Ok(lapsed)
}
