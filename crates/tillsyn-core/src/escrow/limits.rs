//! How many secrets one person, and all together, may see in a short time (security §6): a stolen
//! administrator's session must not empty the escrow.

use tillsyn_db::{Tx, args};

use crate::clock::{DAY_MS, MINUTE_MS};
use crate::error::Error;
use crate::settings::GuardSettings;

/// Secrets seen, each counted once per person and window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) day: i64,
    pub(super) short: i64,
    pub(super) actor_day: i64,
    pub(super) actor_short: i64,
    /// Other devices whose secrets this person saw within a day.
    pub(super) actor_other_devices: i64,
}

/// Whether one more may be seen: the breaker of erases and retires, with half of it for one person; and
/// an account or rights younger than a day reach one device only (S55).
pub(super) fn allows(seen: Seen, is_new: bool, fleet: i64, settings: &GuardSettings) -> bool {
    let day = settings
        .day_floor
        .max(fleet.saturating_mul(settings.day_percent) / 100)
        .max(1);
    let short = settings.short_limit.max(1);
    seen.day < day
        && seen.short < short
        && seen.actor_day < (day / 2).max(1)
        && seen.actor_short < (short / 2).max(1)
        && !(is_new && seen.actor_other_devices > 0)
}

/// Counts in the transaction that reveals, so that two nodes cannot both see room. The secret asked for
/// now does not count again.
pub(super) async fn seen_in(
    tx: &Tx,
    actor_id: &str,
    escrow_id: &str,
    device_id: &str,
    now_ms: i64,
) -> Result<Seen, Error> {
    const SEEN: &str = "SELECT count(DISTINCT escrow_id), \
        count(DISTINCT CASE WHEN at > $2 THEN escrow_id END), \
        count(DISTINCT CASE WHEN actor_id = $3 THEN escrow_id END), \
        count(DISTINCT CASE WHEN actor_id = $3 AND at > $2 THEN escrow_id END), \
        count(DISTINCT CASE WHEN actor_id = $3 AND device_id <> $4 THEN device_id END) \
        FROM escrow_reveal WHERE at > $1 AND NOT (actor_id = $3 AND escrow_id = $5)";
    let values = args![
        now_ms - DAY_MS,
        now_ms - 20 * MINUTE_MS,
        actor_id,
        device_id,
        escrow_id
    ];
    let row = tx.fetch_one(SEEN, values).await?;
    Ok(Seen {
        day: row.i64(0)?,
        short: row.i64(1)?,
        actor_day: row.i64(2)?,
        actor_short: row.i64(3)?,
        actor_other_devices: row.i64(4)?,
    })
}
