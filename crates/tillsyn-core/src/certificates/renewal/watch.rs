//! What becomes of renewals: refusals at once, warnings before the end, the end of the grace time.

use serde_json::json;
use tillsyn_db::args;

use super::ask::{REFUSED, late_event};
use crate::actor::Actor;
use crate::certificates::life;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

const ROUND: i64 = 200;

/// A device that answered the profile with an error is somebody's work now, not tomorrow.
pub(crate) async fn watch_answers(core: &Core) -> Result<(), Error> {
    const FAILED: &str = "SELECT c.sha256, e.device_id, e.org_unit_id FROM certificate c \
        JOIN command m ON m.id = c.renewal_command_id AND m.finished = 1 AND m.status = 'error' \
        JOIN enrollment e ON e.id = c.enrollment_id AND e.pin_sha256 = c.sha256 \
        AND e.status = 'active' WHERE c.renewal_command_id IS NOT NULL AND c.revoked_at IS NULL \
        AND (c.renewal_problem IS NULL OR c.renewal_problem <> 'refused') LIMIT $1";
    const MARK: &str = "UPDATE certificate SET renewal_problem = $2 WHERE sha256 = $1";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(FAILED, args![ROUND]).await? {
                    let (sha256, device, unit) = (row.text(0)?, row.text(1)?, row.text(2)?);
                    tx.execute(MARK, args![sha256.as_str(), REFUSED]).await?;
                    late_event(tx, &device, &unit, &sha256, REFUSED, *now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Warns before a certificate that is in use ends, at each rung of the ladder once.
pub(crate) async fn warn_expiring(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT c.sha256, c.not_before, c.not_after, e.device_id, e.org_unit_id \
        FROM certificate c JOIN enrollment e ON e.id = c.enrollment_id AND e.pin_sha256 = c.sha256 \
        AND e.status = 'active' WHERE c.revoked_at IS NULL AND c.warn_at <= $1 \
        ORDER BY c.warn_at LIMIT $2";
    const NEXT: &str = "UPDATE certificate SET warn_at = $2 WHERE sha256 = $1";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(DUE, args![*now, ROUND]).await? {
                    let (sha256, from, to) = (row.text(0)?, row.i64(1)?, row.i64(2)?);
                    let (device, unit) = (row.text(3)?, row.text(4)?);
                    let next = life::next_warning(from, to, *now);
                    tx.execute(NEXT, args![sha256.as_str(), next]).await?;
                    let action = if to <= *now {
                        "certificate.expired"
                    } else {
                        "certificate.expiring"
                    };
                    let event = NewEvent::done(action, "device", &device, &unit).with(json!({
                        "certificate_sha256": sha256,
                        "days_left": life::days_left(to, *now).max(0),
                    }));
                    events::record(tx, &Actor::system(), *now, event).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Revokes what was replaced, a day after its successor was seen; the repin has its event already.
pub(crate) async fn end_grace(core: &Core) -> Result<(), Error> {
    const REVOKE: &str = "UPDATE certificate SET revoked_at = $1, revoke_reason = 'renewed' \
        WHERE revoked_at IS NULL AND revoke_after IS NOT NULL AND revoke_after <= $1";
    core.db().execute(REVOKE, args![core.now_ms()]).await?;
    Ok(())
}
