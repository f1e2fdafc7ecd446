//! What nobody tells: profiles whose time ran out, devices that no push reached.

use tillsyn_db::args;

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::core::Core;
use crate::error::Error;
use crate::invitations::AttemptStatus;
use crate::invitations::attempt::{self, cause};

/// A device that is managed and answers no push for so long.
const SILENT_MS: i64 = 30 * MINUTE_MS;
const CHUNK: i64 = 200;

/// Both, and hand-overs whose time is over.
pub(crate) async fn sweep(core: &Core) -> Result<(), Error> {
    const GONE: &str = "DELETE FROM hand_over WHERE expires_at <= $1";
    lapse_profiles(core).await?;
    note_silent(core).await?;
    core.db().execute(GONE, args![core.now_ms()]).await?;
    Ok(())
}

/// Profiles that were downloaded and not installed while they worked. The link still gives a new one.
async fn lapse_profiles(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT t.id FROM attempt t WHERE t.status = 'profile_fetched' \
        AND t.profile_expires_at <= $1 AND NOT EXISTS (SELECT 1 FROM scep_challenge s \
        WHERE s.attempt_id = t.id AND (s.expires_at > $1 OR s.consumed_at IS NOT NULL)) \
        ORDER BY t.expires_at LIMIT $2";
    loop {
        let count = core
            .db()
            .write(core.now_ms(), |tx, now| {
                Box::pin(async move {
                    let rows = tx.fetch_all(DUE, args![*now, CHUNK]).await?;
                    for row in &rows {
                        let step = AttemptStatus::ProfileFetched;
                        let lapsed = cause::PROFILE_LAPSED;
                        attempt::fail_in(tx, &row.text(0)?, step, lapsed, None, *now).await?;
                    }
                    Ok::<_, Error>(rows.len())
                })
            })
            .await?;
        // A morning on which a whole school comes: nobody waits for the next minute to hear why.
        if i64::try_from(count).unwrap_or(0) < CHUNK {
            return Ok(());
        }
    }
}

/// Devices that enrolled and have not answered their first question: said in their story, once.
async fn note_silent(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT t.id FROM attempt t WHERE t.status = 'enrolled' AND t.updated_at <= $1 \
        AND t.created_at > $2 AND NOT EXISTS (SELECT 1 FROM attempt_step s WHERE s.attempt_id = t.id \
        AND s.cause = $3) ORDER BY t.created_at LIMIT $4";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                let values = args![
                    *now - SILENT_MS,
                    *now - 2 * DAY_MS,
                    cause::PUSH_UNANSWERED,
                    CHUNK
                ];
                for row in tx.fetch_all(DUE, values).await? {
                    let step = AttemptStatus::Enrolled;
                    let silent = cause::PUSH_UNANSWERED;
                    attempt::note_in(tx, &row.text(0)?, step, silent, *now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}
