//! How many devices came and left, day by day.

use std::fmt::Write as _;

use tillsyn_db::{Value, args};

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;

/// Longer is no trend any more.
const MOST_DAYS: usize = 366;

/// What one day brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct TrendDay {
    /// Enrollments that were completed.
    pub enrolled: i64,
    /// Enrollments that ended.
    pub ended: i64,
}

/// What these days brought: `starts` are their beginnings, oldest first; each ends where the next begins, and the last
/// has no end. A day has 23 or 25 hours where clocks change.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn trend(core: &Core, actor: &Actor, starts: &[i64]) -> Result<Vec<TrendDay>, Error> {
    // Both halves read an index over the days that are asked for.
    const BOTH: &str = "SELECT 0, {enrolled}, count(*) FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id WHERE e.enrolled_at >= $1 AND u.path >= $2 AND u.path < $3{own} \
        GROUP BY 2 \
        UNION ALL SELECT 1, {ended}, count(*) FROM enrollment e \
        JOIN org_unit u ON u.id = e.org_unit_id WHERE e.ended_at >= $1 AND e.enrolled_at IS NOT NULL \
        AND u.path >= $2 AND u.path < $3{own} GROUP BY 2";
    may(actor, Permission::DevicesRead)?;
    let starts = starts.get(..MOST_DAYS).unwrap_or(starts);
    let Some((first, later)) = starts.split_first() else {
        return Ok(Vec::new());
    };
    let sql = BOTH
        .replace("{enrolled}", &day_of("e.enrolled_at", later.len()))
        .replace("{ended}", &day_of("e.ended_at", later.len()))
        .replace("{own}", &actor.platform_filter_of("e.platform"));
    let path = actor.unit_path.as_str();
    let mut values = args![*first, path, prefix_end(path)];
    values.extend(later.iter().map(|start| Value::from(*start)));
    let found = core.db().read((sql, values), |tx, (sql, values)| {
        Box::pin(async move {
            let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
            rows.iter()
                .map(|row| Ok((row.i64(0)?, row.i64(1)?, row.i64(2)?)))
                .collect::<Result<Vec<_>, Error>>()
        })
    });
    let mut trend = vec![TrendDay::default(); starts.len()];
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

/// The number of the day that a moment lies in; the beginnings of the later days are the parameters behind the third.
fn day_of(moment: &str, later: usize) -> String {
    let mut day = format!("CAST(CASE WHEN {moment} < $1 THEN -1");
    for at in 0..later {
        let _ = write!(day, " WHEN {moment} < ${} THEN {at}", at + 4);
    }
    let _ = write!(day, " ELSE {later} END AS BIGINT)");
    day
}
