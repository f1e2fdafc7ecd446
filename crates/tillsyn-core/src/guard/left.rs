//! What leaves a unit with stricter figures keeps them for a day: whoever may move it does not loosen the guard
//! by that in the same breath.

use tillsyn_db::{Tx, args};

use super::settings::{current_settings_in, within};
use crate::clock::DAY_MS;
use crate::error::Error;
use crate::events::prefix_end;
use crate::settings::GuardSettings;

/// What is moved.
pub(crate) enum Leaving<'a> {
    Devices(&'a [String]),
    /// Everything in and below the unit at this path.
    Below(&'a str),
}

/// Remembers the units with figures of their own that lie on the path `from` and not on `to`, before the move.
pub(crate) async fn remember_in(
    tx: &Tx,
    leaving: Leaving<'_>,
    from: &str,
    to: &str,
    now_ms: i64,
) -> Result<(), Error> {
    const OVER: &str = "DELETE FROM guard_left WHERE until <= $1";
    const ONE: &str = "INSERT INTO guard_left (device_id, org_unit_id, until)";
    const AGAIN: &str =
        " ON CONFLICT (device_id, org_unit_id) DO UPDATE SET until = excluded.until";
    const BELOW: &str = "INSERT INTO guard_left (device_id, org_unit_id, until) \
        SELECT d.id, CAST($1 AS TEXT), CAST($2 AS BIGINT) FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE u.path >= $3 AND u.path < $4 \
        ON CONFLICT (device_id, org_unit_id) DO UPDATE SET until = excluded.until";
    let settings = current_settings_in(tx).await?;
    let stays = |unit: &&str| !to.split('/').any(|other| other == *unit);
    let own = |unit: &&str| settings.units.contains_key(*unit);
    let mut left = from.split('/').filter(own).filter(stays).peekable();
    if left.peek().is_none() {
        return Ok(());
    }
    tx.execute(OVER, args![now_ms]).await?;
    let until = now_ms + DAY_MS;
    for unit in left {
        match leaving {
            Leaving::Devices(ids) => {
                let rows = ids.iter().map(|id| args![id.as_str(), unit, until]);
                tx.insert_many(ONE, 3, rows.collect(), AGAIN).await?;
            }
            Leaving::Below(path) => {
                let values = args![unit, until, path, prefix_end(path)];
                tx.execute(BELOW, values).await?;
            }
        }
    }
    Ok(())
}

/// The figures for these devices in these units, and in those that they left within the last day.
pub(crate) async fn within_in<'a>(
    tx: &Tx,
    settings: &GuardSettings,
    paths: impl Iterator<Item = &'a str>,
    devices: Vec<String>,
    now_ms: i64,
) -> Result<GuardSettings, Error> {
    const LEFT: &str = "SELECT DISTINCT org_unit_id FROM guard_left WHERE until > $1 \
        AND device_id {ids}";
    let here = within(settings, paths);
    if settings.units.is_empty() || devices.is_empty() {
        return Ok(here);
    }
    let rows = tx.fetch_all_in(LEFT, devices, args![now_ms]).await?;
    let left = rows.iter().map(|row| row.text(0));
    let left = left.collect::<Result<Vec<_>, _>>()?;
    Ok(within(&here, left.iter().map(String::as_str)))
}
