//! The figures that stand beside the menu on every page: few, and each from an index alone.

use tillsyn_db::args;

use super::list::reaches_all;
use crate::actor::{Actor, Permission, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::Error;
use crate::events::prefix_end;
use crate::figures::{Counted, Question};

/// Counts within the actor's scope; each equals the list behind its link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sidebar {
    /// All on record, as the list of devices has them.
    pub devices: i64,
    pub commands_waiting: i64,
    pub attempts_failed_today: i64,
}

/// The figures of the actor's scope; of a large fleet they may be some seconds old ([`crate::figures`]).
///
/// # Errors
/// Forbidden without the permission to see devices.
pub async fn sidebar(core: &Core, actor: &Actor) -> Result<Sidebar, Error> {
    may(actor, Permission::DevicesRead)?;
    let reader = actor.clone();
    core.figure(Question::of("sidebar", actor), move |core| {
        Box::pin(async move {
            let figure = count(&core, &reader).await?;
            Ok(Counted {
                rows: figure.devices.max(figure.commands_waiting),
                figure,
            })
        })
    })
    .await
}

async fn count(core: &Core, actor: &Actor) -> Result<Sidebar, Error> {
    // Counted per unit first: that much is in one index, and the units are few.
    const DEVICES: &str = "SELECT CAST(COALESCE(SUM(c.n), 0) AS BIGINT) FROM \
        (SELECT d.org_unit_id, count(*) AS n FROM device_summary d WHERE 1 = 1{own} \
        GROUP BY d.org_unit_id) c JOIN org_unit u ON u.id = c.org_unit_id \
        WHERE u.path >= $1 AND u.path < $2";
    const ALL_DEVICES: &str = "SELECT count(*) FROM device_summary d WHERE $1 < $2{own}";
    const WAITING: &str = "SELECT count(*) FROM command c JOIN org_unit u ON u.id = c.org_unit_id \
        WHERE c.finished = 0 AND u.path >= $1 AND u.path < $2{own}";
    const FAILED: &str = "SELECT count(*) FROM attempt t JOIN org_unit u ON u.id = t.org_unit_id \
        WHERE t.created_at > $3 AND t.status = 'failed' AND u.path >= $1 AND u.path < $2{own}";
    let own = actor.platform_filter();
    let of_commands = if own.is_empty() {
        String::new()
    } else {
        format!(" AND c.device_id IN (SELECT d.device_id FROM device_summary d WHERE 1 = 1{own})")
    };
    let of_attempts = actor.platform_filter_of("COALESCE(t.platform, '')");
    let input = (
        if reaches_all(actor) {
            ALL_DEVICES.replace("{own}", own)
        } else {
            DEVICES.replace("{own}", own)
        },
        WAITING.replace("{own}", &of_commands),
        FAILED.replace("{own}", &of_attempts),
        actor.unit_path.clone(),
        core.now_ms() - DAY_MS,
    );
    core.db()
        .read(input, |tx, (devices, waiting, failed, path, since)| {
            Box::pin(async move {
                let (from, to) = (path.as_str(), prefix_end(path));
                let one = |rows: Vec<tillsyn_db::Row>| rows.first().map_or(Ok(0), |row| row.i64(0));
                let places = || args![from, to.as_str()];
                let since = args![from, to.as_str(), *since];
                Ok::<_, Error>(Sidebar {
                    devices: one(tx.fetch_all_dyn(devices, places()).await?)?,
                    commands_waiting: one(tx.fetch_all_dyn(waiting, places()).await?)?,
                    attempts_failed_today: one(tx.fetch_all_dyn(failed, since).await?)?,
                })
            })
        })
        .await
}
