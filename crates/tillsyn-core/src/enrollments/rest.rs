//! Enrollments at rest: Apple says that the device takes no pushes for it any more, and nothing was heard of
//! it since. Most likely the device was reset; the enrollment stays, since a device that speaks with its
//! certificate is the same device all the same.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};

/// How long a device that takes no pushes may stay silent.
const SILENCE_MS: i64 = DAY_MS;
/// Of one run, so that a transaction stays short.
const MOST: i64 = 200;

/// Marks the enrollments that rest; those beyond one run follow with the next.
pub(crate) async fn let_rest(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT e.id, e.device_id, e.org_unit_id FROM enrollment e \
        JOIN channel ch ON ch.enrollment_id = e.id AND ch.name = 'device' \
        JOIN device_summary d ON d.device_id = e.device_id AND d.enrollment_id = e.id \
        WHERE e.status = 'active' AND ch.contact = 'unreachable' AND ch.last_push_at <= $1 \
        AND (d.last_seen IS NULL OR d.last_seen <= $1) ORDER BY e.id LIMIT $2";
    const REST: &str = "UPDATE enrollment SET status = 'inactive', end_reason = 'push_gone' \
        WHERE id = $1 AND status = 'active'";
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                for row in tx.fetch_all(DUE, args![*now - SILENCE_MS, MOST]).await? {
                    let (id, device, unit) = (row.text(0)?, row.text(1)?, row.text(2)?);
                    if tx.execute(REST, args![id.as_str()]).await? == 0 {
                        continue;
                    }
                    show_in(tx, &device, &id, ("inactive", "registered"), *now).await?;
                    let event = NewEvent::done("enrollment.inactive", "device", &device, &unit)
                        .with(json!({"enrollment_id": id, "reason": "push_gone"}));
                    events::record(tx, &Actor::system(), *now, event).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The device speaks again: its enrollment is active, unless the device has another one by now.
pub(crate) async fn wake_in(
    tx: &Tx,
    id: &str,
    address: Option<&str>,
    now_ms: i64,
) -> Result<bool, Error> {
    const WAKE: &str = "UPDATE enrollment SET status = 'active', end_reason = NULL \
        WHERE id = $1 AND status = 'inactive' AND NOT EXISTS (SELECT 1 FROM enrollment o \
        WHERE o.device_id = enrollment.device_id AND o.status = 'active')";
    const FIND: &str = "SELECT device_id, org_unit_id FROM enrollment WHERE id = $1";
    if tx.execute(WAKE, args![id]).await? == 0 {
        return Ok(false);
    }
    let row = tx.fetch_one(FIND, args![id]).await?;
    let Some(device) = row.opt_text(0)? else {
        return Ok(false);
    };
    show_in(tx, &device, id, ("active", "active"), now_ms).await?;
    let actor = Actor::device(&device, address.map(str::to_owned));
    let unit = row.text(1)?;
    let event = NewEvent::done("enrollment.active_again", "device", &device, &unit)
        .with(json!({"enrollment_id": id}));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(true)
}

/// What lists show of the device, while this enrollment is the one that they show.
async fn show_in(
    tx: &Tx,
    device: &str,
    enrollment: &str,
    (status, life): (&'static str, &'static str),
    now_ms: i64,
) -> Result<(), Error> {
    const SHOW: &str = "UPDATE device_summary SET enrollment_status = $3, status = $4, updated_at = $5 \
        WHERE device_id = $1 AND enrollment_id = $2";
    tx.execute(SHOW, args![device, enrollment, status, life, now_ms])
        .await?;
    Ok(())
}
