//! What somebody chose across the pages of the list of devices. It is kept here and not in the page, so that it
//! outlives paging, sorting and filtering; it ends with the session, or by itself.

use std::collections::BTreeSet;

use serde::Serialize;
use tillsyn_db::{Row, Tx, Value, args};

use super::look::account_of;
use crate::accounts::Session;
use crate::actor::{Actor, Permission, may};
use crate::clock::HOUR_MS;
use crate::core::Core;
use crate::devices::{DeviceFilter, DeviceSort, list_devices};
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{DeviceId, SelectionId};

/// Devices of one selection: as many as one command or one move names.
pub const MOST_SELECTED: usize = 1_000;
/// A selection that nobody touches ends after this.
const LIFE_MS: i64 = 8 * HOUR_MS;

/// The selection of a session.
#[derive(Clone, Debug)]
pub struct Selection {
    pub id: SelectionId,
    /// Those of the shown page that are in it, and how many there are in all.
    pub devices: Vec<DeviceId>,
}

/// What changes of it.
#[derive(Clone, Debug)]
pub enum Pick {
    /// Of the devices of a page those that are ticked, and not the others.
    Page {
        shown: Vec<DeviceId>,
        ticked: Vec<DeviceId>,
    },
    /// Everything that passes the filter.
    All(Box<DeviceFilter>),
    Nothing,
}

/// What is chosen, counted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SelectionSummary {
    pub devices: i64,
    /// Platform and how many, most first.
    pub platforms: Vec<(String, i64)>,
    pub personal: i64,
    /// Checked in within the last hour: probably in somebody's hands.
    pub seen_lately: i64,
    pub not_enrolled: i64,
}

/// The chosen devices that the actor still reaches; none without a selection.
pub async fn selection(core: &Core, session: &Session) -> Result<Option<Selection>, Error> {
    const FIND: &str = "SELECT id FROM selection WHERE session_hash = $1 AND expires_at > $2";
    let input = (
        session.token_hash.clone(),
        session.actor.clone(),
        core.now_ms(),
    );
    core.db()
        .read(input, |tx, (hash, actor, now)| {
            Box::pin(async move {
                let found = tx.fetch_optional(FIND, args![hash.as_str(), *now]).await?;
                let Some(row) = found else {
                    return Ok(None);
                };
                let id = SelectionId::from_store(row.text(0)?);
                let devices = devices_in(tx, actor, &id).await?;
                Ok::<_, Error>((!devices.is_empty()).then_some(Selection { id, devices }))
            })
        })
        .await
}

/// The devices of one selection, which has to be the session's.
///
/// # Errors
/// Not found when it is not, or is over.
pub async fn selected(
    core: &Core,
    session: &Session,
    id: &SelectionId,
) -> Result<Vec<DeviceId>, Error> {
    match selection(core, session).await? {
        Some(found) if found.id == *id => Ok(found.devices),
        _ => Err(Error::not_found("selection")),
    }
}

const OF_SELECTION: &str = "FROM selection_device s JOIN device_summary d ON d.device_id = s.device_id \
    JOIN org_unit u ON u.id = d.org_unit_id WHERE s.selection_id = $1 AND u.path >= $2 AND u.path < $3";

fn scope(actor: &Actor, id: &SelectionId) -> Vec<Value> {
    args![
        id.clone(),
        actor.unit_path.as_str(),
        prefix_end(&actor.unit_path)
    ]
}

async fn devices_in(tx: &Tx, actor: &Actor, id: &SelectionId) -> Result<Vec<DeviceId>, Error> {
    let sql = format!(
        "SELECT d.device_id {OF_SELECTION}{} ORDER BY d.device_id",
        actor.platform_filter()
    );
    let rows = tx.fetch_all_dyn(&sql, scope(actor, id)).await?;
    rows.iter()
        .map(|row| Ok(DeviceId::from_store(row.text(0)?)))
        .collect()
}

/// What is chosen, in one statement.
pub async fn summary(
    core: &Core,
    actor: &Actor,
    id: &SelectionId,
) -> Result<SelectionSummary, Error> {
    const SELECT: &str = "SELECT d.platform, count(*), \
        CAST(SUM(CASE WHEN d.ownership = 'personal' THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN d.last_seen > $4 THEN 1 ELSE 0 END) AS BIGINT), \
        CAST(SUM(CASE WHEN d.enrollment_status = 'active' THEN 0 ELSE 1 END) AS BIGINT) ";
    may(actor, Permission::DevicesRead)?;
    let sql = format!(
        "{SELECT}{OF_SELECTION}{} GROUP BY d.platform ORDER BY 2 DESC, 1",
        actor.platform_filter()
    );
    let mut values = scope(actor, id);
    values.push(Value::from(core.now_ms() - HOUR_MS));
    let rows: Vec<Row> = core
        .db()
        .read((sql, values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let mut summary = SelectionSummary::default();
    for row in &rows {
        let count = row.i64(1)?;
        summary.platforms.push((row.text(0)?, count));
        summary.devices += count;
        summary.personal += row.i64(2)?;
        summary.seen_lately += row.i64(3)?;
        summary.not_enrolled += row.i64(4)?;
    }
    Ok(summary)
}

/// Changes what the session has chosen.
///
/// # Errors
/// Conflict `selection_full` when that would be more than a selection holds; nothing changes then. Not found for
/// devices that the actor does not reach.
pub async fn choose(core: &Core, session: &Session, pick: Pick) -> Result<(), Error> {
    let actor = &session.actor;
    may(actor, Permission::DevicesRead)?;
    let (add, remove) = match pick {
        Pick::Nothing => return clear(core, session).await,
        Pick::Page { shown, ticked } => {
            let remove = shown
                .into_iter()
                .filter(|id| !ticked.contains(id))
                .collect();
            (ticked, remove)
        }
        Pick::All(filter) => (matching(core, actor, &filter).await?, Vec::new()),
    };
    let now = core.now_ms();
    let input = (
        actor.clone(),
        session.token_hash.clone(),
        SelectionId::new(now),
        texts(&add),
        texts(&remove),
        now,
    );
    core.db()
        .write(input, |tx, (actor, hash, new, add, remove, now)| {
            Box::pin(async move {
                reach_all_in(tx, actor, add).await?;
                let id = keep_in(tx, actor, hash, new, *now).await?;
                change_in(tx, &id, add, remove).await
            })
        })
        .await
}

fn texts(ids: &[DeviceId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

async fn clear(core: &Core, session: &Session) -> Result<(), Error> {
    const DEVICES: &str = "DELETE FROM selection_device WHERE selection_id IN \
        (SELECT id FROM selection WHERE session_hash = $1)";
    const SELECTION: &str = "DELETE FROM selection WHERE session_hash = $1";
    core.db()
        .write(session.token_hash.clone(), |tx, hash| {
            Box::pin(async move {
                tx.execute(DEVICES, args![hash.as_str()]).await?;
                tx.execute(SELECTION, args![hash.as_str()]).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Everything that passes, up to one more than a selection holds.
async fn matching(
    core: &Core,
    actor: &Actor,
    filter: &DeviceFilter,
) -> Result<Vec<DeviceId>, Error> {
    let sort = (DeviceSort::Name, false);
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = list_devices(core, actor, filter, sort, after.as_deref(), Some(1_000)).await?;
        found.extend(page.items.into_iter().map(|row| row.id));
        after = page.next;
        if after.is_none() || found.len() > MOST_SELECTED {
            return Ok(found);
        }
    }
}

async fn reach_all_in(tx: &Tx, actor: &Actor, ids: &[String]) -> Result<(), Error> {
    const REACH: &str = "SELECT d.device_id, u.path, d.platform FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids}";
    let mut found = BTreeSet::new();
    for row in tx.fetch_all_in(REACH, ids.to_vec(), args![]).await? {
        if actor.reaches_device(row.str(1)?, row.str(2)?) {
            found.insert(row.text(0)?);
        }
    }
    if ids.iter().all(|id| found.contains(id)) {
        return Ok(());
    }
    Err(Error::not_found("device"))
}

async fn keep_in(
    tx: &Tx,
    actor: &Actor,
    hash: &str,
    new: &SelectionId,
    now_ms: i64,
) -> Result<SelectionId, Error> {
    const OVER: &str = "DELETE FROM selection_device WHERE selection_id IN \
        (SELECT id FROM selection WHERE session_hash = $1 AND expires_at <= $2)";
    const KEEP: &str = "INSERT INTO selection (id, session_hash, account_id, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (session_hash) DO UPDATE SET expires_at = excluded.expires_at";
    const FIND: &str = "SELECT id FROM selection WHERE session_hash = $1";
    let account = account_of(actor)?;
    tx.execute(OVER, args![hash, now_ms]).await?;
    tx.execute(KEEP, args![new, hash, account, now_ms, now_ms + LIFE_MS])
        .await?;
    let row = tx.fetch_one(FIND, args![hash]).await?;
    Ok(SelectionId::from_store(row.text(0)?))
}

async fn change_in(
    tx: &Tx,
    id: &SelectionId,
    add: &[String],
    remove: &[String],
) -> Result<(), Error> {
    const ADD: &str = "INSERT INTO selection_device (selection_id, device_id)";
    const REMOVE: &str = "DELETE FROM selection_device WHERE selection_id = $1 AND device_id {ids}";
    const COUNT: &str = "SELECT count(*) FROM selection_device WHERE selection_id = $1";
    let mut add = add.to_vec();
    add.sort_unstable();
    add.dedup();
    if !remove.is_empty() {
        tx.execute_in(REMOVE, remove.to_vec(), args![id]).await?;
    }
    if add.len() <= MOST_SELECTED {
        let rows = add.into_iter();
        let rows = rows.map(|device| args![id.clone(), device]).collect();
        tx.insert_many(ADD, 2, rows, "ON CONFLICT DO NOTHING")
            .await?;
        let count = tx.fetch_one(COUNT, args![id]).await?.i64(0)?;
        if usize::try_from(count).unwrap_or(usize::MAX) <= MOST_SELECTED {
            return Ok(());
        }
    }
    Err(Error::conflict(
        "selection_full",
        format!("A selection holds at most {MOST_SELECTED} devices."),
    ))
}
