//! Carries a file of groups out, group by group. Members go in by the same way as everywhere, so that a plan
//! comes first where one has to; members that the file does not name go out only with a plan.

use std::collections::BTreeSet;
use std::sync::Arc;

use tillsyn_db::{Tx, args};

use super::groups::{Wanted, facts_in, wanted};
use super::store::Failure;
use super::worker::{Task, held_in, move_on_in};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::groups::{GroupChange, Member, MemberKind, NewGroup, change_group, create_group};
use crate::ids::{GroupId, OrgUnitId};
use crate::plans::{self, Change, change_directly};

/// Members of one change.
const MEMBERS: usize = 1_000;

/// False when the import was ended, or is somebody else's by now.
pub(super) async fn run(task: &Arc<Task>) -> Result<bool, Error> {
    let Some(actor) = held(task).await? else {
        return Ok(false);
    };
    let groups = all(task, &actor).await?;
    let first = usize::try_from(task.import.position).unwrap_or(usize::MAX);
    for (at, group) in groups.iter().enumerate().skip(first) {
        let Some(actor) = held(task).await? else {
            return Ok(false);
        };
        let mut plans = Vec::new();
        let mut failures = group.failures.clone();
        let done = match group.lines.as_slice() {
            [] => Ok(()),
            _ => one(task, &actor, group, &mut plans).await,
        };
        match done {
            Ok(()) => {}
            Err(error) if passes(&error) => return Err(error),
            Err(error) => {
                let failed = |line: &u64| Failure {
                    line: *line,
                    code: error.code.to_owned(),
                };
                failures.extend(group.lines.iter().map(failed));
            }
        }
        let core = &task.core;
        let input = (task.clone(), at + 1, failures, plans, core.now_ms());
        core.db()
            .write(input, |tx, (task, position, failures, plans, now)| {
                Box::pin(async move {
                    if let Some((import, _)) = held_in(tx, task, *now).await? {
                        let (failures, plans) = (failures.clone(), plans.clone());
                        move_on_in(tx, &import, *position, failures, plans).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(true)
}

/// What is no fault of the group: it is tried again.
fn passes(error: &Error) -> bool {
    matches!(error.kind, Kind::Unavailable | Kind::Internal) || error.code == "configuration_moves"
}

async fn all(task: &Arc<Task>, actor: &Actor) -> Result<Vec<Wanted>, Error> {
    task.core
        .db()
        .read((task.clone(), actor.clone()), |tx, (task, actor)| {
            Box::pin(async move {
                let top = &task.import.unit_path;
                let facts = facts_in(tx, actor, &task.table, top).await?;
                Ok::<_, Error>(wanted(&task.table, &facts))
            })
        })
        .await
}

async fn held(task: &Arc<Task>) -> Result<Option<Actor>, Error> {
    let now = task.core.now_ms();
    task.core
        .db()
        .write((task.clone(), now), |tx, (task, now)| {
            Box::pin(async move {
                let held = held_in(tx, task, *now).await?;
                Ok::<_, Error>(held.map(|(_, actor)| actor))
            })
        })
        .await
}

/// Makes the group when it is not there, and changes what is not yet so: doing it again does nothing.
async fn one(
    task: &Task,
    actor: &Actor,
    wanted: &Wanted,
    plans: &mut Vec<String>,
) -> Result<(), Error> {
    let core = &task.core;
    let input = (wanted.unit.clone(), wanted.group.clone());
    let found = core.db().read(input, |tx, (unit, name)| {
        Box::pin(async move { find_in(tx, unit, name).await })
    });
    let (id, present) = if let Some(found) = found.await? {
        if let (Some(new), before) = (&wanted.description, &found.description)
            && before.as_ref() != Some(new)
        {
            let change = GroupChange {
                name: None,
                description: Some(new.clone()),
            };
            change_group(core, actor, &found.id, change).await?;
        }
        (found.id, found.members)
    } else {
        let new = NewGroup {
            name: wanted.group.clone(),
            description: wanted.description.clone(),
            unit: OrgUnitId::parse(&wanted.unit),
        };
        let made = create_group(core, actor, new).await?;
        (made.id, BTreeSet::new())
    };
    let add: Vec<Member> = wanted.members.difference(&present).cloned().collect();
    for part in add.chunks(MEMBERS) {
        let change = Change::GroupMembers {
            group_id: id.to_string(),
            add: part.to_vec(),
            remove: Vec::new(),
        };
        plans.extend(planned(change_directly(core, actor, change).await)?);
    }
    if task.import.replace_members {
        replace(core, actor, &id, wanted, &present, plans).await?;
    }
    Ok(())
}

async fn replace(
    core: &Core,
    actor: &Actor,
    id: &GroupId,
    wanted: &Wanted,
    present: &BTreeSet<Member>,
    plans: &mut Vec<String>,
) -> Result<(), Error> {
    let remove: Vec<Member> = present.difference(&wanted.members).cloned().collect();
    for part in remove.chunks(MEMBERS) {
        let change = Change::GroupMembers {
            group_id: id.to_string(),
            add: Vec::new(),
            remove: part.to_vec(),
        };
        plans.push(plans::plan(core, actor, change).await?.id.to_string());
    }
    Ok(())
}

/// The plan that somebody has to look at before the change is made.
fn planned<T>(done: Result<T, Error>) -> Result<Option<String>, Error> {
    match done {
        Ok(_) => Ok(None),
        Err(error) if error.code == "plan_required" => {
            let data = error.data.as_ref();
            let id = data.and_then(|data| data["plan_id"].as_str());
            Ok(id.map(str::to_owned))
        }
        Err(error) => Err(error),
    }
}

struct Found {
    id: GroupId,
    description: Option<String>,
    members: BTreeSet<Member>,
}

async fn find_in(tx: &Tx, unit: &str, name: &str) -> Result<Option<Found>, Error> {
    const FIND: &str =
        "SELECT id, description FROM device_group WHERE org_unit_id = $1 AND name = $2";
    const MEMBERS: &str = "SELECT member_kind, member_id FROM group_member WHERE group_id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![unit, name]).await? else {
        return Ok(None);
    };
    let (id, description) = (GroupId::from_store(row.text(0)?), row.opt_text(1)?);
    let mut members = BTreeSet::new();
    for row in tx.fetch_all(MEMBERS, args![&id]).await? {
        if let Some(kind) = MemberKind::parse(row.str(0)?) {
            let id = row.text(1)?;
            members.insert(Member { kind, id });
        }
    }
    Ok(Some(Found {
        id,
        description,
        members,
    }))
}
