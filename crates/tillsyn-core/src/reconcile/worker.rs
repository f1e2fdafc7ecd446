//! The reconciler of a node: devices that somebody asked for, sweeps over many, and what is due again.
//!
//! Requests are claimed, done and deleted in one transaction: a node that dies holds nothing back. Sweeps
//! walk in the order of device ids and keep their place with each chunk.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tillsyn_db::{Engine, Row, Tx, args};

use super::look::look_in;
use super::request::{request_in, sweep_in};
use crate::assignments::{self, TargetKind};
use crate::clock::{DAY_MS, MINUTE_MS, SECOND_MS};
use crate::core::Core;
use crate::error::{Error, Kind};

/// Devices of one transaction: a writer is not held up for longer than 20 ms.
const CHUNK: i64 = 200;
/// How long a sweep is one node's; each chunk prolongs it.
const LEASE_MS: i64 = 30 * SECOND_MS;

/// Runs until the process ends.
pub async fn run_worker(core: Core) {
    loop {
        let busy = match round(&core).await {
            Ok(busy) => busy,
            Err(error) => {
                tracing::warn!(error = %error, "devices could not be looked at; trying again");
                false
            }
        };
        if !busy {
            let wake = core.reconcile_wake().notified();
            let _ = tokio::time::timeout(Duration::from_millis(500), wake).await;
        }
    }
}

/// Between two walks over all devices, whatever was asked for: what a look missed lasts no longer.
const WALK_MS: i64 = DAY_MS;
/// Between two chunks of such a walk.
const PACE_MS: i64 = SECOND_MS;

/// Begins the slow walk over all devices when the last one is a day old.
pub(crate) async fn walk_all(core: &Core) -> Result<(), Error> {
    const DUE: &str = "SELECT 1 FROM device_summary WHERE NOT EXISTS (SELECT 1 FROM reconcile_sweep \
        WHERE subject_kind = 'all' AND (finished_at IS NULL OR created_at > $1)) LIMIT 1";
    let since = core.now_ms() - WALK_MS;
    if core.db().query_optional(DUE, args![since]).await?.is_none() {
        return Ok(());
    }
    // Another node may have been quicker.
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                if tx
                    .fetch_optional(DUE, args![*now - WALK_MS])
                    .await?
                    .is_some()
                {
                    sweep_in(tx, "all", "", *now).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Everything that is due now, for tests and the command line.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    again(core).await?;
    while round(core).await? {}
    Ok(())
}

/// One chunk of each; whether there may be more.
async fn round(core: &Core) -> Result<bool, Error> {
    let asked = requests(core).await?;
    let swept = sweep(core).await?;
    if asked || swept {
        core.wake_push();
    }
    Ok(asked || swept)
}

/// Looks at the devices that were asked for; one that fails is set aside and keeps nobody waiting.
async fn requests(core: &Core) -> Result<bool, Error> {
    // Looking first keeps an idle node from opening write transactions.
    const DUE: &str = "SELECT device_id FROM reconcile_request WHERE due_at <= $1 \
        AND lease_until <= $1 LIMIT 1";
    let now = core.now_ms();
    if core.db().query_all(DUE, args![now]).await?.is_empty() {
        return Ok(false);
    }
    assignments::warm(core).await?;
    match claim_and_look(core, CHUNK).await {
        Ok(()) => Ok(true),
        Err(error) if error.kind == Kind::Unavailable => Err(error),
        Err(error) => {
            tracing::warn!(error = %error, "a set of devices could not be looked at; one by one");
            one_by_one(core).await?;
            Ok(true)
        }
    }
}

async fn one_by_one(core: &Core) -> Result<(), Error> {
    const ASIDE: &str = "UPDATE reconcile_request SET lease_until = $1 WHERE device_id = \
        (SELECT device_id FROM reconcile_request WHERE due_at <= $2 AND lease_until <= $2 \
        ORDER BY due_at, device_id LIMIT 1)";
    for _ in 0..CHUNK {
        if let Err(error) = claim_and_look(core, 1).await {
            tracing::error!(error = %error, "a device could not be looked at; again in ten minutes");
            metrics::counter!("tillsyn_reconcile_failures_total").increment(1);
            let now = core.now_ms();
            core.db()
                .execute(ASIDE, args![now + 10 * MINUTE_MS, now])
                .await?;
        }
    }
    Ok(())
}

async fn claim_and_look(core: &Core, limit: i64) -> Result<(), Error> {
    let input = (core.clone(), limit, core.now_ms());
    let looked = core
        .db()
        .write(input, |tx, (core, limit, now)| {
            Box::pin(async move {
                const DONE: &str = "DELETE FROM reconcile_request WHERE device_id {ids}";
                let mut devices = claim_in(tx, *limit, *now).await?;
                let looked = look_in(tx, core, devices.clone(), *now).await?;
                devices.retain(|device| !looked.rest.contains(device));
                if !devices.is_empty() {
                    tx.execute_in(DONE, devices, args![]).await?;
                }
                Ok::<_, Error>(looked)
            })
        })
        .await?;
    looked.count();
    Ok(())
}

/// On PostgreSQL a device's turn holds its enrollment and then writes what this writes: whoever looks takes
/// the enrollments first too, or the two would wait for each other.
async fn lock_in(tx: &Tx, devices: &[String]) -> Result<(), Error> {
    const SHARE: &str = "SELECT id FROM enrollment WHERE status = 'active' AND device_id {ids} \
        ORDER BY id FOR SHARE";
    if tx.engine() == Engine::Postgres && !devices.is_empty() {
        tx.fetch_all_in(SHARE, devices.to_vec(), args![]).await?;
    }
    Ok(())
}

/// Requests that are due, behind the locks on what they are about. Those of devices that were looked at go with
/// the look; what is asked for later makes a new one.
async fn claim_in(tx: &Tx, limit: i64, now_ms: i64) -> Result<Vec<String>, Error> {
    const DUE: &str = "SELECT device_id FROM reconcile_request WHERE due_at <= $1 \
        AND lease_until <= $1 ORDER BY due_at, device_id LIMIT $2";
    const LOCKED: &str = "SELECT device_id FROM reconcile_request WHERE device_id {ids} \
        ORDER BY due_at, device_id FOR UPDATE SKIP LOCKED";
    let ids = |rows: Vec<Row>| -> Result<Vec<String>, Error> {
        rows.iter().map(|row| Ok(row.text(0)?)).collect()
    };
    let mut devices = ids(tx.fetch_all(DUE, args![now_ms, limit]).await?)?;
    if tx.engine() == Engine::Postgres && !devices.is_empty() {
        lock_in(tx, &devices).await?;
        devices = ids(tx.fetch_all_in(LOCKED, devices, args![]).await?)?;
    }
    Ok(devices)
}

/// Devices whose next attempt has come, or whose command ended without their word.
pub(crate) async fn again(core: &Core) -> Result<(), Error> {
    // What is left of an ended channel has no next attempt: asking for it would never end.
    const DUE: &str = "SELECT DISTINCT s.device_id FROM item_state s \
        JOIN channel ch ON ch.id = s.channel_id AND ch.ended_at IS NULL \
        JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
        WHERE s.next_attempt_at IS NOT NULL AND s.next_attempt_at <= $1 LIMIT 500";
    const ENDED: &str = "SELECT DISTINCT s.device_id FROM item_state s \
        JOIN command c ON c.id = s.command_id \
        JOIN channel ch ON ch.id = s.channel_id AND ch.ended_at IS NULL \
        JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
        WHERE s.command_id IS NOT NULL AND c.finished = 1 LIMIT 500";
    let now = core.now_ms();
    for (sql, values) in [(DUE, args![now]), (ENDED, args![])] {
        let rows = core.db().query_all(sql, values).await?;
        let devices: Vec<String> = rows.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
        if !devices.is_empty() {
            core.db()
                .write((devices, now), |tx, (devices, now)| {
                    Box::pin(async move { request_in(tx, devices.clone(), *now).await })
                })
                .await?;
        }
    }
    Ok(())
}

struct Sweep {
    id: String,
    subject_kind: String,
    subject_id: String,
    cursor: String,
    lease_until: i64,
}

/// One chunk of the oldest sweep that no other node works on.
async fn sweep(core: &Core) -> Result<bool, Error> {
    let now = core.now_ms();
    let Some(sweep) = claim_sweep(core, now).await? else {
        return Ok(false);
    };
    let devices = members(core, &sweep).await?;
    assignments::warm(core).await?;
    let input = Arc::new((sweep, devices, core.now_ms()));
    let looked = core
        .db()
        .write((core.clone(), input.clone()), |tx, (core, input)| {
            Box::pin(async move {
                let (sweep, devices, now) = input.as_ref();
                lock_in(tx, devices).await?;
                let looked = look_in(tx, core, devices.clone(), *now).await?;
                let rest = devices.iter().position(|d| looked.rest.contains(d));
                let (done, rest) = devices.split_at(rest.unwrap_or(devices.len()));
                step_in(tx, sweep, done, rest.is_empty() && !is_full(devices), *now).await?;
                Ok::<_, Error>(looked)
            })
        })
        .await;
    match looked {
        Ok(looked) => looked.count(),
        Err(error) if matches!(error.kind, Kind::Unavailable | Kind::Conflict) => {
            return Err(error);
        }
        Err(error) => {
            tracing::warn!(error = %error, "a chunk of a sweep failed; its devices one by one");
            pass_on(core, input).await?;
        }
    }
    Ok(true)
}

/// One device that fails keeps no sweep from going on: each of them is asked for by itself.
async fn pass_on(core: &Core, input: Arc<(Sweep, Vec<String>, i64)>) -> Result<(), Error> {
    core.db()
        .write(input, |tx, input| {
            Box::pin(async move {
                let (sweep, devices, now) = input.as_ref();
                step_in(tx, sweep, devices, !is_full(devices), *now).await?;
                request_in(tx, devices.clone(), *now).await
            })
        })
        .await
}

async fn claim_sweep(core: &Core, now: i64) -> Result<Option<Sweep>, Error> {
    const OPEN: &str = "SELECT id, subject_kind, subject_id, cursor FROM reconcile_sweep \
        WHERE finished_at IS NULL AND lease_until <= $1 \
        ORDER BY CASE WHEN subject_kind = 'all' THEN 1 ELSE 0 END, created_at, id LIMIT 1";
    const CLAIM: &str = "UPDATE reconcile_sweep SET lease_until = $2 WHERE id = $1 \
        AND finished_at IS NULL AND lease_until <= $3";
    let Some(row) = core.db().query_optional(OPEN, args![now]).await? else {
        return Ok(None);
    };
    let lease_until = now + LEASE_MS;
    let id = row.text(0)?;
    let values = args![id.as_str(), lease_until, now];
    if core.db().execute(CLAIM, values).await? == 0 {
        return Ok(None);
    }
    Ok(Some(Sweep {
        id,
        subject_kind: row.text(1)?,
        subject_id: row.text(2)?,
        cursor: row.opt_text(3)?.unwrap_or_default(),
        lease_until,
    }))
}

/// The next devices of all who have the item or are to have it: the first of each kind of target are enough
/// for the first of all.
async fn of_item_in(tx: &Tx, item: &str, after: &str) -> Result<Vec<String>, Error> {
    const TARGETS: &str = "SELECT t.target_kind, t.target_id FROM assignment a \
        JOIN assignment_target t ON t.assignment_id = a.id \
        WHERE a.item_id = $1 AND t.mode = 'include'";
    const HOLDING: &str = "SELECT DISTINCT device_id FROM item_state \
        WHERE item_id = $1 AND device_id > $2 ORDER BY device_id LIMIT $3";
    const DEVICES: &str = "SELECT device_id FROM device_summary WHERE device_id > $1 \
        AND device_id {ids} ORDER BY device_id LIMIT $2";
    const MEMBERS: &str = "SELECT DISTINCT member_id FROM group_member WHERE member_kind = 'device' \
        AND member_id > $1 AND group_id {ids} ORDER BY member_id LIMIT $2";
    const OF_PEOPLE: &str = "SELECT DISTINCT s.device_id FROM group_member m \
        JOIN device_summary s ON s.person_id = m.member_id WHERE m.member_kind = 'person' \
        AND s.device_id > $1 AND m.group_id {ids} ORDER BY s.device_id LIMIT $2";
    const BELOW: &str = "SELECT DISTINCT d.id FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        JOIN org_unit top ON u.path >= top.path AND u.path < top.path || '~' \
        WHERE d.id > $1 AND top.id {ids} ORDER BY d.id LIMIT $2";
    let (mut devices, mut groups, mut units) = (Vec::new(), Vec::new(), Vec::new());
    for row in tx.fetch_all(TARGETS, args![item]).await? {
        match TargetKind::parse(row.str(0)?) {
            Some(TargetKind::Device) => devices.push(row.text(1)?),
            Some(TargetKind::Group) => groups.push(row.text(1)?),
            Some(TargetKind::OrgUnit) => units.push(row.text(1)?),
            None => {}
        }
    }
    let mut rows = tx.fetch_all(HOLDING, args![item, after, CHUNK]).await?;
    for (sql, ids) in [
        (DEVICES, devices),
        (MEMBERS, groups.clone()),
        (OF_PEOPLE, groups),
        (BELOW, units),
    ] {
        if !ids.is_empty() {
            rows.extend(tx.fetch_all_in(sql, ids, args![after, CHUNK]).await?);
        }
    }
    let mut found = BTreeSet::new();
    for row in rows {
        found.insert(row.text(0)?);
    }
    let most = usize::try_from(CHUNK).unwrap_or(usize::MAX);
    Ok(found.into_iter().take(most).collect())
}

/// The next devices that a sweep concerns: all who have the item or are to have it, the members of the
/// group, the unit with everything below it.
async fn members(core: &Core, sweep: &Sweep) -> Result<Vec<String>, Error> {
    const GROUP: &str = "SELECT d.device_id FROM device_summary d WHERE d.device_id > $2 AND \
        EXISTS (SELECT 1 FROM group_member m WHERE m.group_id = $1 AND \
        ((m.member_kind = 'device' AND m.member_id = d.device_id) \
        OR (m.member_kind = 'person' AND m.member_id = d.person_id))) \
        ORDER BY d.device_id LIMIT $3";
    const UNIT: &str = "SELECT d.device_id FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id JOIN org_unit top ON top.id = $1 \
        WHERE d.device_id > $2 AND u.path >= top.path AND u.path < top.path || '~' \
        ORDER BY d.device_id LIMIT $3";
    const ALL: &str = "SELECT d.device_id FROM device_summary d WHERE d.device_id > $2 AND $1 = '' \
        ORDER BY d.device_id LIMIT $3";
    let sql = match sweep.subject_kind.as_str() {
        "all" => Some(ALL),
        "group" => Some(GROUP),
        "item" => None,
        _ => Some(UNIT),
    };
    let input = (sweep.subject_id.clone(), sweep.cursor.clone());
    core.db()
        .read(input, move |tx, (subject, cursor)| {
            Box::pin(async move {
                let Some(sql) = sql else {
                    return of_item_in(tx, subject, cursor).await;
                };
                let values = args![subject.as_str(), cursor.as_str(), CHUNK];
                let rows = tx.fetch_all(sql, values).await?;
                rows.iter().map(|row| Ok(row.text(0)?)).collect()
            })
        })
        .await
}

/// Whether more may follow.
fn is_full(devices: &[String]) -> bool {
    i64::try_from(devices.len()).is_ok_and(|count| count >= CHUNK)
}

/// Moves a sweep on behind these devices, if it is still this node's.
async fn step_in(
    tx: &Tx,
    sweep: &Sweep,
    devices: &[String],
    last: bool,
    now_ms: i64,
) -> Result<(), Error> {
    const STEP: &str = "UPDATE reconcile_sweep SET cursor = COALESCE($3, cursor), done = done + $4, \
        lease_until = $6, finished_at = $5 WHERE id = $1 AND lease_until = $2 AND finished_at IS NULL";
    let values = args![
        sweep.id.as_str(),
        sweep.lease_until,
        devices.last().map(String::as_str),
        i64::try_from(devices.len()).unwrap_or(i64::MAX),
        last.then_some(now_ms),
        if sweep.subject_kind == "all" {
            now_ms + PACE_MS
        } else {
            0
        }
    ];
    if tx.execute(STEP, values).await? == 0 {
        return Err(Error::conflict(
            "lease_lost",
            "Another node goes on with this sweep.",
        ));
    }
    Ok(())
}
