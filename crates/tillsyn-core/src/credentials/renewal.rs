//! Renewal: a new generation is a new desired hash, so the profile is installed once more with a fresh
//! challenge. What does not come in time is told before the old certificate ends.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::certificates::life;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::reconcile::request::request_in;

const ROUND: i64 = 500;

/// When two thirds of its life are over.
pub(super) fn renew_at(not_before: i64, not_after: i64) -> i64 {
    not_after - (not_after - not_before) / 3
}

/// Everything that is due now.
pub(crate) async fn run(core: &Core) -> Result<(), Error> {
    while renew_due(core).await? {}
    warn_ending(core).await?;
    end_grace(core).await
}

/// One round; whether there may be more.
async fn renew_due(core: &Core) -> Result<bool, Error> {
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move { renew_in(tx, *now).await })
        })
        .await
}

async fn renew_in(tx: &Tx, now_ms: i64) -> Result<bool, Error> {
    const DUE: &str = "SELECT c.id, c.device_id, c.profile_id, c.payload, d.org_unit_id \
        FROM credential c JOIN device d ON d.id = c.device_id \
        WHERE c.renew_at <= $1 AND c.status = 'valid' ORDER BY c.renew_at, c.id LIMIT $2";
    const RAISE: &str = "UPDATE credential SET generation = generation + 1, status = 'renewing', \
        renew_at = NULL, updated_at = $1 WHERE status = 'valid' AND id {ids}";
    let rows = tx.fetch_all(DUE, args![now_ms, ROUND]).await?;
    if rows.is_empty() {
        return Ok(false);
    }
    let mut ids = Vec::new();
    let mut devices = Vec::new();
    for row in &rows {
        let (device, unit) = (row.text(1)?, row.text(4)?);
        let event = NewEvent::done("credential.renew", "device", &device, &unit)
            .with(json!({ "profile_id": row.text(2)?, "payload": row.text(3)? }));
        events::record(tx, &Actor::system(), now_ms, event).await?;
        ids.push(row.text(0)?);
        devices.push(device);
    }
    tx.execute_in(RAISE, ids, args![now_ms]).await?;
    devices.sort_unstable();
    devices.dedup();
    request_in(tx, devices, now_ms).await?;
    Ok(i64::try_from(rows.len()).is_ok_and(|count| count == ROUND))
}

/// Warns before a certificate that was not renewed ends, at each rung of the ladder once.
async fn warn_ending(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT c.id, n.not_before, n.not_after, c.device_id, d.org_unit_id, \
        c.certificate_sha256, c.profile_id, c.payload FROM credential c \
        JOIN credential_certificate n ON n.sha256 = c.certificate_sha256 \
        JOIN device d ON d.id = c.device_id WHERE c.warn_at <= $1 ORDER BY c.warn_at LIMIT $2";
    const NEXT: &str = "UPDATE credential SET warn_at = $2 WHERE id = $1";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(DUE, args![*now, ROUND]).await? {
                    let (from, to) = (row.i64(1)?, row.i64(2)?);
                    let (device, unit) = (row.text(3)?, row.text(4)?);
                    let next = life::next_warning(from, to, *now);
                    tx.execute(NEXT, args![row.text(0)?, next]).await?;
                    let action = if to <= *now {
                        "credential.expired"
                    } else {
                        "credential.expiring"
                    };
                    let event = NewEvent::done(action, "device", &device, &unit).with(json!({
                        "certificate_sha256": row.text(5)?,
                        "profile_id": row.text(6)?,
                        "payload": row.text(7)?,
                        "days_left": life::days_left(to, *now).max(0),
                    }));
                    events::record(tx, &Actor::system(), *now, event).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Revokes what was replaced when its grace is over; the event of the new one says so already. A day after
/// the device said that it has the new one, not before: until then it uses the old.
async fn end_grace(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT sha256 FROM credential_certificate WHERE revoke_at <= $1 \
        ORDER BY revoke_at LIMIT $2";
    const REVOKE: &str = "UPDATE credential_certificate SET revoked_at = COALESCE(revoked_at, $1), \
        revoke_reason = COALESCE(revoke_reason, 'renewed'), revoke_at = NULL \
        WHERE revoke_at IS NOT NULL AND sha256 {ids}";
    loop {
        let now = core.now_ms();
        let rows = core.db().query_all(DUE, args![now, ROUND]).await?;
        let due = rows.iter().map(|row| Ok(row.text(0)?));
        let due = due.collect::<Result<Vec<_>, Error>>()?;
        let count = due.len();
        if count == 0 {
            return Ok(());
        }
        core.db()
            .write((due, now), |tx, (due, now)| {
                Box::pin(async move {
                    tx.execute_in(REVOKE, due.clone(), args![*now]).await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        if !i64::try_from(count).is_ok_and(|count| count == ROUND) {
            return Ok(());
        }
    }
}
