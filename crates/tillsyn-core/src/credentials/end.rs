//! What ends a credential: its enrollment, its profile on the channel, or its payload.

use tillsyn_db::{Row, Tx, args};

use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;

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

/// Ends what no channel carries any more, and forgets challenges that nobody can use.
pub(crate) async fn sweep(core: &Core) -> Result<(), Error> {
    const ORPHANS: &str = "SELECT c.id FROM credential c WHERE c.status <> 'revoked' \
        AND c.updated_at < $1 AND NOT EXISTS (SELECT 1 FROM item_state i \
        WHERE i.channel_id = c.channel_id AND i.kind = 'profile' AND i.item_id = c.profile_id) \
        ORDER BY c.id LIMIT 500";
    const EXPIRED: &str = "DELETE FROM credential_challenge WHERE expires_at < $1";
    loop {
        let count = core
            .db()
            .write(core.now_ms(), |tx, now| {
                Box::pin(async move {
                    tx.execute(EXPIRED, args![*now - DAY_MS]).await?;
                    let rows = tx.fetch_all(ORPHANS, args![*now]).await?;
                    end_in(tx, ids(&rows)?, "removed", *now).await?;
                    Ok::<_, Error>(rows.len())
                })
            })
            .await?;
        if count < 500 {
            return Ok(());
        }
    }
}
