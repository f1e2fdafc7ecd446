//! What time does with people of directories: grace, what becomes of their devices, and the end of it. One node
//! does it at a time; a device is never erased here.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};

use super::follow::{follow, follow_all};
use super::groups::work_out_in;
use super::life::LifeState;
use super::policy::{LeaverPolicy, Policies};
use super::source::{SourceView, source_in};
use super::tombstone::bury_in;
use crate::actor::Actor;
use crate::clock::{DAY_MS, MINUTE_MS};
use crate::commands::{self, Confirmation, NewCommand, Request, enqueue};
use crate::core::Core;
use crate::devices::reach;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::ids::{CommandId, DeviceId, DirectoryId, GroupId, PersonId};
use crate::lease;
use crate::settings::{self, GuardSettings};

const LEASE: &str = "leavers";
/// Whoever comes back within this time gets everything back.
const RETURN_MS: i64 = 30 * DAY_MS;
/// How long it is kept what readings did.
const RUNS_MS: i64 = 90 * DAY_MS;
/// People of one round.
const ROUND: i64 = 200;

/// One round of everything that is due.
pub(crate) async fn run_due(core: &Core) -> Result<(), Error> {
    if !idle(core).await? && claim(core).await? {
        follow_all(core).await?;
        lift(core).await?;
        age(core).await?;
        deal(core).await?;
        end(core).await?;
        forget_old(core).await?;
    }
    Ok(())
}

/// Whether there is no directory at all: most installations begin so.
async fn idle(core: &Core) -> Result<bool, Error> {
    const ANY: &str = "SELECT 1 FROM directory_source LIMIT 1";
    Ok(core.db().query_optional(ANY, args![]).await?.is_none())
}

async fn claim(core: &Core) -> Result<bool, Error> {
    let input = (core.config().node.clone(), core.now_ms());
    core.db()
        .write_locked(input, |tx, (node, now)| {
            Box::pin(async move { Ok::<_, Error>(lease::claim_in(tx, LEASE, node, *now).await?) })
        })
        .await
}

/// Takes back what still waits for the devices of somebody who returned.
async fn lift(core: &Core) -> Result<(), Error> {
    const BACK: &str = "SELECT person_id, source_id, batch_ids FROM person_life WHERE state = 'active' \
        AND batch_ids IS NOT NULL LIMIT $1";
    const WAITING: &str = "SELECT id FROM command WHERE batch_id = $1 \
        AND status IN ('held', 'queued', 'push_sent', 'not_now')";
    const DONE: &str =
        "UPDATE person_life SET batch_ids = NULL WHERE person_id = $1 AND state = 'active'";
    for row in core.db().query_all(BACK, args![ROUND]).await? {
        let source = DirectoryId::from_store(row.text(1)?);
        let actor = Actor::directory(&source, None);
        let batches: Vec<String> = serde_json::from_str(row.str(2)?).unwrap_or_default();
        for batch in batches {
            for row in core.db().query_all(WAITING, args![batch.as_str()]).await? {
                let command = CommandId::from_store(row.text(0)?);
                match commands::cancel_command(core, &actor, &command).await {
                    Err(error) if error.kind == Kind::Unavailable => return Err(error),
                    // Whatever left the queue meanwhile cannot be taken back.
                    Err(_) | Ok(()) => {}
                }
            }
        }
        core.db().execute(DONE, args![row.text(0)?]).await?;
    }
    Ok(())
}

/// Suspended for so long that the unit counts it as having left.
async fn age(core: &Core) -> Result<(), Error> {
    const ANY: &str = "SELECT 1 FROM leaver_policy WHERE suspended_days IS NOT NULL LIMIT 1";
    if core.db().query_optional(ANY, args![]).await?.is_none() {
        return Ok(());
    }
    core.db()
        .write(core.now_ms(), |tx, now| {
            Box::pin(async move {
                const SUSPENDED: &str = "SELECT f.person_id, f.source_id, f.since, u.path, u.id, \
                    f.raw_state FROM person_life f JOIN person p ON p.id = f.person_id \
                    JOIN org_unit u ON u.id = p.org_unit_id WHERE f.state = 'suspended' \
                    AND f.held_run_id IS NULL AND f.since <= $1 ORDER BY f.since LIMIT $2";
                const LEAVE: &str =
                    "UPDATE person_life SET state = 'leaving', since = $2 WHERE person_id = $1";
                let policies = Policies::load_in(tx).await?;
                let rows = tx.fetch_all(SUSPENDED, args![*now - DAY_MS, 5_000]).await?;
                for row in rows {
                    let (policy, _) = policies.of(row.str(3)?);
                    let due = policy
                        .suspended_days
                        .map(|days| row.i64(2).map(|since| since + days * DAY_MS))
                        .transpose()?;
                    if due.is_none_or(|due| due > *now) {
                        continue;
                    }
                    let person = row.text(0)?;
                    tx.execute(LEAVE, args![person.as_str(), *now]).await?;
                    let (source, unit) = (DirectoryId::from_store(row.text(1)?), row.text(4)?);
                    let event =
                        NewEvent::done("person.state", "person", &person, &unit).with(json!({
                            "state": "leaving", "directory": source, "said": row.opt_text(5)?,
                            "suspended_days": policy.suspended_days,
                        }));
                    events::record(tx, &Actor::directory(&source, None), *now, event).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

struct Leaver {
    person: String,
    source: DirectoryId,
    unit: String,
    since: i64,
    /// What was asked for already.
    batches: Vec<String>,
    policy: LeaverPolicy,
    /// Devices with whose they are.
    devices: Vec<(DeviceId, bool)>,
}

/// Whose grace is over, with their devices.
async fn due_in(tx: &Tx, now_ms: i64) -> Result<Vec<Leaver>, Error> {
    // Whoever pauses or removes a directory, or makes somebody active by hand, stops what it would do next.
    const LEAVING: &str = "SELECT f.person_id, f.source_id, f.since, u.id, u.path, f.batch_ids \
        FROM person_life f JOIN person p ON p.id = f.person_id JOIN org_unit u ON u.id = p.org_unit_id \
        JOIN directory_source s ON s.id = f.source_id AND s.status = 'active' \
        WHERE f.state = 'leaving' AND f.acted_at IS NULL AND f.held_run_id IS NULL \
        AND p.status = 'inactive' \
        ORDER BY f.since, f.person_id LIMIT 1000";
    const DEVICES: &str = "SELECT s.device_id, COALESCE(e.ownership, s.ownership, 'corporate') \
        FROM device_summary s JOIN enrollment e ON e.device_id = s.device_id AND e.status = 'active' \
        WHERE s.person_id = $1 ORDER BY s.device_id LIMIT 200";
    let policies = Policies::load_in(tx).await?;
    let mut due = Vec::new();
    for row in tx.fetch_all(LEAVING, args![]).await? {
        let (policy, _) = policies.of(row.str(4)?);
        if row.i64(2)? + policy.grace_ms() > now_ms {
            continue;
        }
        let person = row.text(0)?;
        let mut devices = Vec::new();
        for row in tx.fetch_all(DEVICES, args![person.as_str()]).await? {
            let personal = row.str(1)? == "personal";
            devices.push((DeviceId::from_store(row.text(0)?), personal));
        }
        due.push(Leaver {
            person,
            source: DirectoryId::from_store(row.text(1)?),
            unit: row.text(3)?,
            since: row.i64(2)?,
            batches: row
                .opt_text(5)?
                .and_then(|text| serde_json::from_str(&text).ok())
                .unwrap_or_default(),
            policy,
            devices,
        });
    }
    Ok(due)
}

/// Deals with the devices of those whose grace is over, through the one door and its guard.
async fn deal(core: &Core) -> Result<(), Error> {
    let due = core
        .db()
        .read(core.now_ms(), |tx, now| {
            Box::pin(async move { due_in(tx, *now).await })
        })
        .await?;
    for leaver in due {
        // The list may be old by now, and another node may have taken over.
        if !claim(core).await? {
            return Ok(());
        }
        if !still_due(core, &leaver.person).await? {
            continue;
        }
        let actor = Actor::directory(&leaver.source, None);
        let (mut batches, mut told, mut again) = (Vec::new(), Vec::new(), false);
        for (device, personal) in &leaver.devices {
            // A round that ended early goes on where it was.
            let asked = asked_of(core, &leaver, device).await?;
            if !asked.is_empty() {
                batches.extend(asked);
                continue;
            }
            let step = match (*personal, &leaver.policy) {
                (true, policy) if policy.retire_personal => "retire",
                (false, policy) if policy.lock_corporate => "lock",
                _ => "keep",
            };
            if step == "retire" && !has_room(core).await? {
                again = true;
                break;
            }
            match act(core, &actor, device, step).await {
                Ok(batch) => {
                    batches.extend(batch);
                    told.push(json!({"device": device, "step": step}));
                }
                // A freeze, or a database that is away: it is tried again.
                Err(error) if error.kind == Kind::Unavailable || error.code == "frozen" => {
                    again = true;
                }
                Err(error) => {
                    told.push(json!({"device": device, "step": step, "refused": error.code}));
                }
            }
        }
        if again && batches.is_empty() {
            continue;
        }
        note(core, &leaver, (batches, told), !again).await?;
    }
    Ok(())
}

/// What was asked of a device since its person began to leave: a node may have ended before it noted it.
async fn asked_of(core: &Core, leaver: &Leaver, device: &DeviceId) -> Result<Vec<String>, Error> {
    const ASKED: &str = "SELECT DISTINCT b.id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.device_id = $1 AND b.actor_kind = 'system' AND b.actor_id = $2 AND b.created_at >= $3";
    let values = args![device, &leaver.source, leaver.since];
    let rows = core.db().query_all(ASKED, values).await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// Whether somebody still leaves, as the list said.
async fn still_due(core: &Core, person: &str) -> Result<bool, Error> {
    const STILL: &str = "SELECT 1 FROM person_life f JOIN person p ON p.id = f.person_id \
        JOIN directory_source s ON s.id = f.source_id AND s.status = 'active' WHERE f.person_id = $1 \
        AND f.state = 'leaving' AND f.acted_at IS NULL AND f.held_run_id IS NULL AND p.status = 'inactive'";
    let found = core.db().query_optional(STILL, args![person]).await?;
    Ok(found.is_some())
}

/// Whether directories may retire one more device: they have the organisation's budget of a day and of twenty
/// minutes for themselves (security S50). What finds no room waits for the next round.
async fn has_room(core: &Core) -> Result<bool, Error> {
    const USED: &str = "SELECT count(*) FROM command_batch WHERE act = 'retire' AND actor_kind = 'system' \
        AND created_at > $1 AND actor_id IN (SELECT id FROM directory_source)";
    let guard = settings::read::<GuardSettings>(core, settings::GUARD).await?;
    let (now, fleet) = (core.now_ms(), commands::fleet_size(core).await?);
    let day = guard
        .day_floor
        .max(fleet.saturating_mul(guard.day_percent) / 100)
        .max(1);
    for (window, limit) in [(DAY_MS, day), (20 * MINUTE_MS, guard.short_limit.max(1))] {
        let row = core.db().query_optional(USED, args![now - window]).await?;
        let used = row.map(|row| row.i64(0)).transpose()?.unwrap_or(0);
        if used >= limit {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn act(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    step: &str,
) -> Result<Option<String>, Error> {
    let request = match step {
        "retire" => Request::RemoveProfile {
            identifier: reach(core, actor, device).await?.enrollment_profile()?,
        },
        "lock" => Request::DeviceLock {
            message: None,
            phone_number: None,
        },
        _ => return Ok(None),
    };
    let new = NewCommand {
        devices: vec![device.clone()],
        request,
        profile: None,
        reason: Some("Its person left.".to_owned()),
        confirmation: Confirmation::default(),
    };
    let made = enqueue(core, actor, new).await?;
    Ok(Some(made.batch_id.to_string()))
}

async fn note(
    core: &Core,
    leaver: &Leaver,
    (batches, told): (Vec<String>, Vec<Json>),
    whole: bool,
) -> Result<(), Error> {
    let (person, source) = (leaver.person.clone(), leaver.source.clone());
    let mut all = leaver.batches.clone();
    all.extend(batches);
    let now = core.now_ms();
    let input = (
        (person, source, leaver.unit.clone()),
        (json!(all).to_string(), whole.then_some(now)),
        told,
        now,
    );
    core.db()
        .write(
            input,
            |tx, ((person, source, unit), (batches, acted_at), told, now)| {
                Box::pin(async move {
                    // Kept whatever became of the person meanwhile: by it what waits is taken back.
                    const DONE: &str = "UPDATE person_life SET acted_at = $2, batch_ids = $3 \
                    WHERE person_id = $1";
                    tx.execute(DONE, args![person.as_str(), *acted_at, batches.as_str()])
                        .await?;
                    let event = NewEvent::done("person.state", "person", person, unit)
                        .with(json!({"state": "leaving", "directory": source, "devices": told}));
                    events::record(tx, &Actor::directory(source, None), *now, event).await?;
                    Ok::<_, Error>(())
                })
            },
        )
        .await
}

/// Thirty days after: the directory's key means nobody here any more, and whoever comes with it is somebody new.
async fn end(core: &Core) -> Result<(), Error> {
    // Whom another directory still lists, or this one as suspended, has not ended.
    const OVER: &str = "SELECT f.person_id FROM person_life f WHERE f.state = 'leaving' AND f.since <= $1 \
        AND f.held_run_id IS NULL AND NOT EXISTS (SELECT 1 FROM directory_link l \
        JOIN directory_source s ON s.id = l.source_id WHERE l.person_id = f.person_id \
        AND l.state <> 'leaving' AND s.status <> 'removed') ORDER BY f.since LIMIT $2";
    let values = args![core.now_ms() - RETURN_MS, ROUND];
    for row in core.db().query_all(OVER, values).await? {
        let input = (PersonId::from_store(row.text(0)?), core.now_ms());
        let groups = core
            .db()
            .write(input, |tx, (person, now)| {
                Box::pin(async move { end_in(tx, person, *now).await })
            })
            .await?;
        for group in groups {
            follow(core, &group, None, false).await?;
        }
    }
    Ok(())
}

async fn end_in(tx: &Tx, person: &PersonId, now_ms: i64) -> Result<Vec<GroupId>, Error> {
    const STILL: &str = "SELECT p.org_unit_id, f.source_id FROM person_life f JOIN person p \
        ON p.id = f.person_id WHERE f.person_id = $1 AND f.state = 'leaving'";
    const GONE: &str = "UPDATE person_life SET state = 'deleted', since = $2, batch_ids = NULL \
        WHERE person_id = $1";
    let Some(row) = tx.fetch_optional(STILL, args![person]).await? else {
        return Ok(Vec::new());
    };
    let groups = unlink_in(tx, person, "left", now_ms).await?;
    tx.execute(GONE, args![person, now_ms]).await?;
    let (unit, source) = (row.text(0)?, DirectoryId::from_store(row.text(1)?));
    let event = NewEvent::done("person.state", "person", person.as_str(), &unit)
        .with(json!({"state": LifeState::Deleted.as_str(), "directory": source}));
    events::record(tx, &Actor::directory(&source, None), now_ms, event).await?;
    Ok(groups)
}

/// Takes a person out of all directories: of their keys only hashes stay. Answers the groups of ours that are
/// concerned.
pub(super) async fn unlink_in(
    tx: &Tx,
    person: &PersonId,
    reason: &'static str,
    now_ms: i64,
) -> Result<Vec<GroupId>, Error> {
    const LINKS: &str = "SELECT id, source_id, external_key, external_id, login FROM directory_link \
        WHERE person_id = $1";
    const GROUPS: &str = "SELECT directory_group_id FROM directory_group_member \
        WHERE member_kind = 'person' AND member_id = $1";
    const MEMBER: &str = "DELETE FROM directory_group_member WHERE member_kind = 'person' \
        AND member_id = $1";
    const LINK: &str = "DELETE FROM directory_link WHERE id = $1";
    const SUGGESTED: &str =
        "UPDATE directory_link SET suggested_person_id = NULL WHERE suggested_person_id = $1";
    const FIELDS: &str = "DELETE FROM person_field WHERE person_id = $1";
    let mut ours = Vec::new();
    for row in tx.fetch_all(LINKS, args![person]).await? {
        let link = row.text(0)?;
        let source: SourceView = source_in(tx, &DirectoryId::from_store(row.text(1)?)).await?;
        let (key, external, login) = (row.text(2)?, row.opt_text(3)?, row.opt_text(4)?);
        let mut keys = vec![key.as_str()];
        match (&external, &login) {
            (Some(external), _) => keys.push(external.as_str()),
            // A SCIM client without ids of its own knows nothing better.
            (None, Some(login)) if source.kind == super::SourceKind::Scim => keys.push(login),
            _ => {}
        }
        bury_in(
            tx,
            (source.id.as_str(), &source.salt),
            &keys,
            (person, reason),
            now_ms,
        )
        .await?;
        let mut changed = std::collections::BTreeSet::new();
        for row in tx.fetch_all(GROUPS, args![link.as_str()]).await? {
            changed.insert(row.text(0)?);
        }
        tx.execute(MEMBER, args![link.as_str()]).await?;
        tx.execute(LINK, args![link.as_str()]).await?;
        ours.extend(work_out_in(tx, &source.id, &changed).await?);
    }
    tx.execute(SUGGESTED, args![person]).await?;
    tx.execute(FIELDS, args![person]).await?;
    Ok(ours)
}

/// What an erasure takes along: links, fields, former addresses. Keys stay as hashes, so that no reading makes
/// the person again.
pub(crate) async fn forget_in(tx: &Tx, person: &PersonId, now_ms: i64) -> Result<(), Error> {
    const ALIASES: &str = "DELETE FROM person_alias WHERE person_id = $1";
    const LIFE: &str = "DELETE FROM person_life WHERE person_id = $1";
    const EFFECTIVE: &str = "DELETE FROM directory_effective WHERE person_id = $1";
    const REMOVALS: &str = "DELETE FROM directory_removal WHERE person_id = $1";
    const BURIED: &str = "UPDATE directory_tombstone SET reason = 'erased', person_id = NULL \
        WHERE person_id = $1";
    unlink_in(tx, person, "erased", now_ms).await?;
    // Whoever had left before is not made again either.
    tx.execute(BURIED, args![person]).await?;
    for sql in [ALIASES, LIFE, EFFECTIVE, REMOVALS] {
        tx.execute(sql, args![person]).await?;
    }
    Ok(())
}

/// Former addresses whose time is over, and what old readings did.
async fn forget_old(core: &Core) -> Result<(), Error> {
    const ALIASES: &str = "DELETE FROM person_alias WHERE until <= $1";
    const RUNS: &str = "DELETE FROM directory_run WHERE id IN (SELECT r.id FROM directory_run r \
        WHERE r.created_at < $1 AND r.status NOT IN ('held', 'declined') LIMIT 1000)";
    const REMOVALS: &str = "DELETE FROM directory_removal WHERE at < $1";
    let now = core.now_ms();
    core.db().execute(REMOVALS, args![now - 2 * DAY_MS]).await?;
    core.db().execute(ALIASES, args![now]).await?;
    core.db().execute(RUNS, args![now - RUNS_MS]).await?;
    Ok(())
}

/// Somebody who left, and which devices of the organisation they still have.
#[derive(Clone, Debug)]
pub struct LeaverView {
    pub person_id: PersonId,
    pub name: String,
    pub state: LifeState,
    pub since: i64,
    /// When their devices are dealt with; absent where that is done, or waits for an administrator.
    pub due_at: Option<i64>,
    pub held: bool,
    pub to_return: i64,
    pub personal: i64,
}

/// Who of a source is suspended or leaving, the newest first.
pub async fn leavers(
    core: &Core,
    actor: &Actor,
    id: &DirectoryId,
) -> Result<Vec<LeaverView>, Error> {
    let source = super::source(core, actor, id).await?;
    core.db()
        .read((source.id, actor.clone()), |tx, (source, actor)| {
            Box::pin(async move {
                const LIST: &str = "SELECT f.person_id, p.name, f.state, f.since, f.acted_at, f.held_run_id, \
                    u.path, (SELECT count(*) FROM device_summary s JOIN enrollment e \
                    ON e.device_id = s.device_id AND e.status = 'active' WHERE s.person_id = p.id \
                    AND e.ownership <> 'personal'), (SELECT count(*) FROM device_summary s \
                    JOIN enrollment e ON e.device_id = s.device_id AND e.status = 'active' \
                    WHERE s.person_id = p.id AND e.ownership = 'personal') FROM person_life f \
                    JOIN person p ON p.id = f.person_id JOIN org_unit u ON u.id = p.org_unit_id \
                    WHERE f.source_id = $1 AND f.state IN ('suspended', 'leaving') \
                    AND p.status <> 'erased' ORDER BY f.since DESC, f.person_id LIMIT 500";
                let policies = Policies::load_in(tx).await?;
                let mut found = Vec::new();
                for row in tx.fetch_all(LIST, args![source]).await? {
                    let path = row.text(6)?;
                    if !actor.reaches(&path) {
                        continue;
                    }
                    let state = LifeState::stored(row.str(2)?)?;
                    let held = row.opt_text(5)?.is_some();
                    let (since, open) = (row.i64(3)?, row.opt_i64(4)?.is_none() && !held);
                    let (policy, _) = policies.of(&path);
                    found.push(LeaverView {
                        person_id: PersonId::from_store(row.text(0)?),
                        name: row.text(1)?,
                        state,
                        since,
                        due_at: (state == LifeState::Leaving && open)
                            .then(|| since + policy.grace_ms()),
                        held,
                        to_return: row.i64(7)?,
                        personal: row.i64(8)?,
                    });
                }
                Ok(found)
            })
        })
        .await
}
