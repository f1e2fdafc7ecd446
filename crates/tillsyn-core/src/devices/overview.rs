//! Figures for the overview: what needs somebody, and how the fleet stands.

use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, may};
use crate::certificates;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::figures::{Counted, Question};

/// Counts within the actor's scope; each equals the list behind its link. Contact, platforms and versions are
/// those of devices under management: active and not seen.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Overview {
    pub devices: i64,
    pub active: i64,
    pub not_seen: i64,
    pub retired: i64,
    pub unreachable: i64,
    pub unhealthy: i64,
    pub seen_today: i64,
    pub commands_waiting: i64,
    pub commands_not_now: i64,
    /// On their hold, going by themselves.
    pub commands_on_hold: i64,
    /// Waiting for a release.
    pub commands_held: i64,
    pub commands_failed_today: i64,
    pub attempts_failed_today: i64,
    pub invitations_open: i64,
    /// Devices that refuse a profile, or cannot be given one.
    pub devices_refusing: i64,
    /// Identities in use that could not be renewed so far.
    pub renewals_late: i64,
    /// Messages of devices that no enrollment of ours knows, today; for whoever reaches the whole organisation.
    pub strangers_today: i64,
    /// Devices with a certificate of ours that nothing here knows: they enrolled after the backup that was
    /// restored. For whoever reaches the whole organisation.
    pub unknown_senders: i64,
    pub platforms: Vec<(String, i64)>,
    pub versions: Vec<VersionCount>,
}

/// OS versions that are named, the most frequent first.
const VERSIONS_NAMED: usize = 100;

/// Devices per platform and OS version.
#[derive(Clone, Debug, serde::Serialize)]
pub struct VersionCount {
    pub platform: String,
    pub os_version: String,
    pub devices: i64,
}

/// The figures for a page: of a large fleet they may be some seconds old ([`crate::figures`]).
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn shown_overview(core: &Core, actor: &Actor) -> Result<Overview, Error> {
    may(actor, Permission::DevicesRead)?;
    let reader = actor.clone();
    core.figure(Question::of("overview", actor), move |core| {
        Box::pin(async move {
            let figure = overview(&core, &reader).await?;
            let rows = figure.devices.max(figure.commands_waiting);
            Ok(Counted { figure, rows })
        })
    })
    .await
}

/// The figures as they are now.
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn overview(core: &Core, actor: &Actor) -> Result<Overview, Error> {
    may(actor, Permission::DevicesRead)?;
    let input = (
        actor.unit_path.clone(),
        prefix_end(&actor.unit_path),
        actor.platform_filter(),
        actor.platform_filter_of("COALESCE(t.platform, '')"),
        core.now_ms(),
    );
    let late = certificates::late_count(core, actor).await?;
    let mut overview = core
        .db()
        .read(input, |tx, (from, to, own, attempts, now)| {
            Box::pin(async move {
                let mut overview = devices_in(tx, from, to, own, *now).await?;
                commands_in(tx, &mut overview, from, to, own, *now).await?;
                enrollment_in(tx, &mut overview, from, to, attempts, *now).await?;
                groups_in(tx, &mut overview, from, to, own).await?;
                overview.devices_refusing = refusing_in(tx, from, to, own).await?;
                Ok::<_, Error>(overview)
            })
        })
        .await?;
    overview.renewals_late = late;
    Ok(overview)
}

async fn devices_in(tx: &Tx, from: &str, to: &str, own: &str, now: i64) -> Result<Overview, Error> {
    const COUNT: &str = "SELECT count(*), \
        CAST(COALESCE(SUM(CASE WHEN d.status = 'active' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.status = 'not_seen' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.status = 'retired' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.contact = 'unreachable' AND d.status IN ('active', 'not_seen') THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.contact = 'unhealthy' AND d.status IN ('active', 'not_seen') THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN d.last_seen > $3 THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2";
    let rows = tx
        .fetch_all_dyn(&format!("{COUNT}{own}"), args![from, to, now - DAY_MS])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(Overview::default());
    };
    Ok(Overview {
        devices: row.i64(0)?,
        active: row.i64(1)?,
        not_seen: row.i64(2)?,
        retired: row.i64(3)?,
        unreachable: row.i64(4)?,
        unhealthy: row.i64(5)?,
        seen_today: row.i64(6)?,
        ..Overview::default()
    })
}

async fn commands_in(
    tx: &Tx,
    overview: &mut Overview,
    from: &str,
    to: &str,
    own: &str,
    now: i64,
) -> Result<(), Error> {
    const WAITING: &str = "SELECT count(*), \
        CAST(COALESCE(SUM(CASE WHEN c.status = 'not_now' THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN c.status = 'held' AND c.held_until IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN c.status = 'held' AND c.held_until IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM command c JOIN org_unit u ON u.id = c.org_unit_id \
        WHERE c.finished = 0 AND u.path >= $1 AND u.path < $2";
    const FAILED: &str = "SELECT count(*) FROM command c JOIN org_unit u ON u.id = c.org_unit_id \
        WHERE c.finished = 1 AND c.updated_at > $3 AND c.status = 'error' \
        AND u.path >= $1 AND u.path < $2";
    let of_platform = if own.is_empty() {
        String::new()
    } else {
        format!(" AND c.device_id IN (SELECT d.device_id FROM device_summary d WHERE 1 = 1{own})")
    };
    let waiting = format!("{WAITING}{of_platform}");
    let rows = tx.fetch_all_dyn(&waiting, args![from, to]).await?;
    let failed = format!("{FAILED}{of_platform}");
    let since = args![from, to, now - DAY_MS];
    let failed = tx.fetch_all_dyn(&failed, since).await?;
    let (Some(row), Some(failed)) = (rows.first(), failed.first()) else {
        return Ok(());
    };
    overview.commands_waiting = row.i64(0)?;
    overview.commands_not_now = row.i64(1)?;
    overview.commands_on_hold = row.i64(2)?;
    overview.commands_held = row.i64(3)?;
    overview.commands_failed_today = one(failed)?;
    Ok(())
}

async fn enrollment_in(
    tx: &Tx,
    overview: &mut Overview,
    from: &str,
    to: &str,
    attempts: &str,
    now: i64,
) -> Result<(), Error> {
    const ATTEMPTS: &str = "SELECT count(*) FROM attempt t JOIN org_unit u ON u.id = t.org_unit_id \
        WHERE t.created_at > $3 AND t.status = 'failed' AND u.path >= $1 AND u.path < $2";
    const OPEN: &str = "SELECT count(*) FROM invitation i JOIN org_unit u ON u.id = i.org_unit_id \
        WHERE i.status = 'open' AND i.expires_at > $3 AND i.uses < i.uses_allowed \
        AND u.path >= $1 AND u.path < $2";
    // They belong to no unit: whoever rules the whole organisation looks after them.
    const STRANGERS: &str = "SELECT CAST(COALESCE(SUM(s.times), 0) AS BIGINT) FROM stranger s \
        WHERE s.day = $3 AND EXISTS (SELECT 1 FROM org_unit u WHERE u.parent_id IS NULL \
        AND u.path >= $1 AND u.path < $2)";
    const UNKNOWN: &str = "SELECT count(*) FROM unknown_sender \
        WHERE EXISTS (SELECT 1 FROM org_unit u WHERE u.parent_id IS NULL \
        AND u.path >= $1 AND u.path < $2)";
    let failed = format!("{ATTEMPTS}{attempts}");
    let failed = tx.fetch_all_dyn(&failed, args![from, to, now - DAY_MS]);
    overview.attempts_failed_today = failed.await?.first().map_or(Ok(0), one)?;
    overview.invitations_open = one(&tx.fetch_one(OPEN, args![from, to, now]).await?)?;
    let strangers = args![from, to, now / DAY_MS];
    overview.strangers_today = one(&tx.fetch_one(STRANGERS, strangers).await?)?;
    overview.unknown_senders = one(&tx.fetch_one(UNKNOWN, args![from, to]).await?)?;
    Ok(())
}

async fn groups_in(
    tx: &Tx,
    overview: &mut Overview,
    from: &str,
    to: &str,
    own: &str,
) -> Result<(), Error> {
    const VERSIONS: &str = "SELECT d.platform, COALESCE(d.os_version, ''), count(*) \
        FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.status IN ('active', 'not_seen') AND u.path >= $1 AND u.path < $2";
    const GROUPED: &str = " GROUP BY d.platform, COALESCE(d.os_version, '') ORDER BY 3 DESC, 1, 2";
    let mut platforms = std::collections::BTreeMap::new();
    let versions = format!("{VERSIONS}{own}{GROUPED}");
    for row in tx.fetch_all_dyn(&versions, args![from, to]).await? {
        let count = VersionCount {
            platform: row.text(0)?,
            os_version: row.text(1)?,
            devices: row.i64(2)?,
        };
        *platforms.entry(count.platform.clone()).or_insert(0) += count.devices;
        overview.versions.push(count);
    }
    // Each counts in its platform, whether it is named or not.
    overview.versions.truncate(VERSIONS_NAMED);
    overview.platforms = platforms.into_iter().collect();
    Ok(())
}

async fn refusing_in(tx: &Tx, from: &str, to: &str, own: &str) -> Result<i64, Error> {
    const REFUSING: &str = "SELECT count(DISTINCT s.device_id) FROM item_state s \
        JOIN device_summary d ON d.device_id = s.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE s.state = 'refused' AND d.enrollment_id = s.enrollment_id AND u.path >= $1 AND u.path < $2";
    let refusing = format!("{REFUSING}{own}");
    let rows = tx.fetch_all_dyn(&refusing, args![from, to]).await?;
    rows.first().map_or(Ok(0), one)
}

fn one(row: &Row) -> Result<i64, Error> {
    Ok(row.i64(0)?)
}
