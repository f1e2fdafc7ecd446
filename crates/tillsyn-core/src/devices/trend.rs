//! How many devices came and left, day by day.

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;

/// Longer is no trend any more.
const MOST_DAYS: i64 = 366;

/// What one day brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TrendDay {
    /// Enrollments that were completed.
    pub enrolled: i64,
    /// Enrollments that ended.
    pub ended: i64,
}

/// So many days from a moment on, oldest first; each has 24 hours.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn trend(
    core: &Core,
    actor: &Actor,
    since_ms: i64,
    days: usize,
) -> Result<Vec<TrendDay>, Error> {
    // Both halves read an index over the days that are asked for.
    const BOTH: &str = "SELECT 0, (e.enrolled_at - $1) / $2, count(*) FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id WHERE e.enrolled_at >= $1 AND u.path >= $3 AND u.path < $4{own} \
        GROUP BY 2 \
        UNION ALL SELECT 1, (e.ended_at - $1) / $2, count(*) FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id WHERE e.ended_at >= $1 AND e.enrolled_at IS NOT NULL \
        AND u.path >= $3 AND u.path < $4{own} GROUP BY 2";
    may(actor, Permission::DevicesRead)?;
    let days = days.min(usize::try_from(MOST_DAYS).unwrap_or(0));
    let sql = BOTH.replace("{own}", &actor.platform_filter_of("e.platform"));
    let path = actor.unit_path.clone();
    let found = core
        .db()
        .read((sql, path, since_ms), |tx, (sql, path, since)| {
            Box::pin(async move {
                let values = args![*since, DAY_MS, path.as_str(), prefix_end(path)];
                let rows = tx.fetch_all_dyn(sql, values).await?;
                rows.iter()
                    .map(|row| Ok((row.i64(0)?, row.i64(1)?, row.i64(2)?)))
                    .collect::<Result<Vec<_>, Error>>()
            })
        });
    let mut trend = vec![TrendDay::default(); days];
    for (half, day, count) in found.await? {
        let day = usize::try_from(day).ok();
        let Some(day) = day.and_then(|day| trend.get_mut(day)) else {
            continue;
        };
        if half == 0 {
            day.enrolled += count;
        } else {
            day.ended += count;
        }
    }
    Ok(trend)
}
