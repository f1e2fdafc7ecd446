//! Requests that nobody answered in time.

use tillsyn_db::args;

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
