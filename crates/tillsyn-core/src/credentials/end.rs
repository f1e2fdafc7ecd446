//! What ends a credential: its enrollment, its profile on the channel, or its payload.

use tillsyn_db::{Row, Tx, args};

use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;

/// Rows of one round.
const ROUND: i64 = 500;
const ROUND_LEN: usize = 500;

fn ids(rows: &[Row]) -> Result<Vec<String>, Error> {
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// Revokes the certificates of these credentials. The next generation begins, so that whatever comes back
/// is asked for anew.
pub(super) async fn end_in(
    tx: &Tx,
    credentials: Vec<String>,
    reason: &'static str,
    now_ms: i64,
) -> Result<(), Error> {
    const CERTIFICATES: &str = "UPDATE credential_certificate SET revoked_at = $1, revoke_reason = $2 \
        WHERE revoked_at IS NULL AND credential_id {ids}";
    const CHALLENGES: &str = "DELETE FROM credential_challenge WHERE credential_id {ids}";
    const END: &str = "UPDATE credential SET status = 'revoked', generation = generation + 1, \
        certificate_sha256 = NULL, not_after = NULL, renew_at = NULL, warn_at = NULL, updated_at = $1 \
        WHERE status <> 'revoked' AND id {ids}";
    if credentials.is_empty() {
        return Ok(());
    }
    tx.execute_in(CERTIFICATES, credentials.clone(), args![now_ms, reason])
        .await?;
    tx.execute_in(CHALLENGES, credentials.clone(), args![])
        .await?;
    tx.execute_in(END, credentials, args![now_ms]).await?;
    Ok(())
}

/// The enrollment is over, on all its channels.
pub(crate) async fn end_enrollment_in(
    tx: &Tx,
    enrollment_id: &str,
    now_ms: i64,
) -> Result<(), Error> {
    // By the device: the index is there.
    const FIND: &str = "SELECT c.id FROM credential c JOIN enrollment e ON e.device_id = c.device_id \
        WHERE e.id = $1 AND c.enrollment_id = $1 AND c.status <> 'revoked'";
    let rows = tx.fetch_all(FIND, args![enrollment_id]).await?;
    end_in(tx, ids(&rows)?, "enrollment_ended", now_ms).await
}

/// The channel of a user is over.
pub(crate) async fn end_channel_in(tx: &Tx, channel_id: &str, now_ms: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT id FROM credential WHERE channel_id = $1 AND status <> 'revoked'";
    let rows = tx.fetch_all(FIND, args![channel_id]).await?;
    end_in(tx, ids(&rows)?, "enrollment_ended", now_ms).await
}

/// A profile, by what devices know it by, is no longer on these channels.
pub(crate) async fn end_items_in(
    tx: &Tx,
    item: &str,
    channels: Vec<String>,
    now_ms: i64,
) -> Result<(), Error> {
    const FIND: &str = "SELECT c.id FROM credential c JOIN profile p ON p.id = c.profile_id \
        WHERE p.identifier = $1 AND c.status <> 'revoked' AND c.channel_id {ids}";
    let rows = tx.fetch_all_in(FIND, channels, args![item]).await?;
    end_in(tx, ids(&rows)?, "removed", now_ms).await
}

/// Ends what no channel carries any more, and forgets challenges that nobody can use. What is due is looked
/// up outside the writer, and written in small rounds.
pub(crate) async fn sweep(core: &Core) -> Result<(), Error> {
    forget_expired(core).await?;
    let mut after = String::new();
    while let Some(last) = end_orphans(core, after).await? {
        after = last;
    }
    Ok(())
}

async fn forget_expired(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT challenge_hash FROM credential_challenge WHERE expires_at < $1 \
        ORDER BY expires_at LIMIT $2";
    const FORGET: &str = "DELETE FROM credential_challenge WHERE challenge_hash {ids}";
    loop {
        let input = core.now_ms() - DAY_MS;
        let due = core
            .db()
            .read(input, |tx, before| {
                Box::pin(async move { ids(&tx.fetch_all(DUE, args![*before, ROUND]).await?) })
            })
            .await?;
        let last = due.len() < ROUND_LEN;
        if !due.is_empty() {
            core.db()
                .write(due, |tx, due| {
                    Box::pin(async move {
                        tx.execute_in(FORGET, due.clone(), args![]).await?;
                        Ok::<_, Error>(())
                    })
                })
                .await?;
        }
        if last {
            return Ok(());
        }
    }
}

/// One round over the credentials behind an id; where the next begins.
async fn end_orphans(core: &Core, after: String) -> Result<Option<String>, Error> {
    const ALL: &str = "SELECT id FROM credential WHERE id > $1 ORDER BY id LIMIT $2";
    let input = (after, core.now_ms());
    let (round, orphans) = core
        .db()
        .read(input, |tx, (after, now)| {
            Box::pin(async move {
                let round = ids(&tx.fetch_all(ALL, args![after.as_str(), ROUND]).await?)?;
                let orphans = orphans_in(tx, round.clone(), *now).await?;
                Ok::<_, Error>((round, orphans))
            })
        })
        .await?;
    if !orphans.is_empty() {
        core.db()
            .write((orphans, core.now_ms()), |tx, (orphans, now)| {
                Box::pin(async move {
                    // Once more: a profile may have come in between.
                    let orphans = orphans_in(tx, orphans.clone(), *now).await?;
                    end_in(tx, orphans, "removed", *now).await
                })
            })
            .await?;
    }
    let full = round.len() == ROUND_LEN;
    Ok(round.into_iter().next_back().filter(|_| full))
}

async fn orphans_in(tx: &Tx, of: Vec<String>, now_ms: i64) -> Result<Vec<String>, Error> {
    const ORPHANS: &str = "SELECT c.id FROM credential c WHERE c.status <> 'revoked' \
        AND c.updated_at < $1 AND NOT EXISTS (SELECT 1 FROM item_state i \
        WHERE i.channel_id = c.channel_id AND i.kind = 'profile' AND i.item_id = c.profile_id) \
        AND c.id {ids}";
    if of.is_empty() {
        return Ok(of);
    }
    ids(&tx.fetch_all_in(ORPHANS, of, args![now_ms]).await?)
}
