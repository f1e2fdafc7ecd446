//! Members of our groups follow what their directory says: by the same way as everything that changes what devices
//! are to have. Many at once wait for an administrator, and small steps of a day add up to many.

use std::collections::BTreeSet;

use tillsyn_db::{Tx, args};

use super::groups::work_out_in;
use super::model::{Counts, many_of};
use super::run::{Held, NewRun, RunStatus, keep_in};
use super::source::find;
use crate::actor::Actor;
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::groups::{Member, MemberKind};
use crate::ids::{DirectoryId, GroupId, PlanId, new_uuid};
use crate::plans::{self, Approval, Change, PlanView, change_directly};

/// Members of one change.
const MEMBERS: usize = 1_000;
/// Groups of one round of the job.
const ROUND: i64 = 200;
/// What a directory takes out of groups within this time counts together.
const TOGETHER_MS: i64 = DAY_MS;

/// Who is to come in and to go.
struct Due {
    source: DirectoryId,
    add: Vec<String>,
    remove: Vec<String>,
    present: usize,
    /// Of who goes, or comes.
    digest: String,
    /// Somebody declined exactly this.
    declined: bool,
    /// Runs for the group that somebody declined, of this and of what the directory said before.
    refused: Vec<String>,
    /// A run that waits for the same group.
    waiting: Option<Waiting>,
    /// With what went before it, this takes more out than is done unseen.
    many: Option<Many>,
}

struct Waiting {
    run: String,
    open: bool,
    /// Its plan was applied: an administrator looked.
    applied: bool,
}

/// How many went lately, of how many.
#[derive(Clone, Copy)]
struct Many {
    members: usize,
    of: usize,
}

async fn due_in(tx: &Tx, group: &GroupId, anew: bool, now_ms: i64) -> Result<Option<Due>, Error> {
    const SOURCE: &str = "SELECT g.source_id, u.path, g.id FROM directory_group g JOIN directory_source s \
        ON s.id = g.source_id JOIN device_group d ON d.id = g.group_id \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE g.group_id = $1 AND s.status = 'active'";
    const PRESENT: &str = "SELECT member_id FROM group_member WHERE group_id = $1 \
        AND member_kind = 'person'";
    const WANTED: &str = "SELECT e.person_id, u.path FROM directory_effective e \
        JOIN person p ON p.id = e.person_id JOIN org_unit u ON u.id = p.org_unit_id \
        WHERE e.group_id = $1 AND p.status <> 'erased'";
    let Some(row) = tx.fetch_optional(SOURCE, args![group]).await? else {
        return Ok(None);
    };
    let (source, place) = (DirectoryId::from_store(row.text(0)?), row.text(1)?);
    if anew {
        // People may have moved to other units.
        work_out_in(tx, &source, &BTreeSet::from([row.text(2)?])).await?;
    }
    let mut present = BTreeSet::new();
    for row in tx.fetch_all(PRESENT, args![group]).await? {
        present.insert(row.text(0)?);
    }
    let mut wanted = BTreeSet::new();
    for row in tx.fetch_all(WANTED, args![group]).await? {
        if row.str(1)?.starts_with(&place) {
            wanted.insert(row.text(0)?);
        }
    }
    let add: Vec<String> = wanted.difference(&present).cloned().collect();
    let remove: Vec<String> = present.difference(&wanted).cloned().collect();
    let digest = digest(&add, &remove);
    let mut due = Due {
        source,
        add,
        remove,
        present: present.len(),
        digest,
        declined: false,
        refused: Vec::new(),
        waiting: None,
        many: None,
    };
    held_in(tx, group, &mut due, now_ms).await?;
    let applied = due.waiting.as_ref().is_some_and(|held| held.applied);
    if applied {
        looked_at_in(tx, group).await?;
    }
    // What was declined stands until the directory is in step again, or somebody agreed to more since.
    if applied || (due.add.is_empty() && due.remove.is_empty()) {
        for run in due.refused.drain(..) {
            const OVER: &str = "UPDATE directory_run SET status = 'overtaken' WHERE id = $1";
            tx.execute(OVER, args![run]).await?;
        }
    }
    if !due.declined && !due.waiting.as_ref().is_some_and(|waiting| waiting.open) {
        due.many = count_in(tx, group, &due, now_ms).await?;
    }
    Ok(Some(due))
}

/// What waits for the group, and what of it was declined.
async fn held_in(tx: &Tx, group: &GroupId, due: &mut Due, now_ms: i64) -> Result<(), Error> {
    const HELD: &str = "SELECT r.id, r.held, p.status, p.expires_at, r.status FROM directory_run r \
        LEFT JOIN plan p ON p.id = r.plan_id WHERE r.source_id = $1 AND r.kind = 'members' \
        AND r.status IN ('held', 'declined') ORDER BY r.created_at DESC LIMIT 200";
    for row in tx.fetch_all(HELD, args![&due.source]).await? {
        let held: Held = serde_json::from_str(row.str(1)?).unwrap_or_default();
        if held.group_id.as_deref() != Some(group.as_str()) {
            continue;
        }
        if row.str(4)? == "declined" {
            due.declined |= held.digest == due.digest;
            due.refused.push(row.text(0)?);
        } else if due.waiting.is_none() {
            let status = row.opt_text(2)?.unwrap_or_default();
            due.waiting = Some(Waiting {
                run: row.text(0)?,
                open: matches!(status.as_str(), "open" | "waiting")
                    && row.opt_i64(3)?.is_some_and(|until| until > now_ms),
                applied: status == "applied",
            });
        }
    }
    Ok(())
}

/// Of what is asked about: who goes, or who comes where nobody goes. Whoever comes meanwhile makes no new question.
fn digest(add: &[String], remove: &[String]) -> String {
    let all = if remove.is_empty() {
        format!("+\n{}", add.join("\n"))
    } else {
        format!("-\n{}", remove.join("\n"))
    };
    tillsyn_pki::hash::sha256_hex(all.as_bytes())
}

/// Counts who goes together with who went lately, out of this group and out of all groups of the source. What is
/// few is noted before it is done: of two steps at the same time, the second counts the first. Whoever comes back is
/// not counted any more.
async fn count_in(tx: &Tx, group: &GroupId, due: &Due, now_ms: i64) -> Result<Option<Many>, Error> {
    const BACK: &str = "DELETE FROM directory_removal WHERE group_id = $1 AND person_id {ids}";
    const LATELY: &str =
        "SELECT group_id, person_id FROM directory_removal WHERE source_id = $1 AND at > $2";
    const ALL: &str = "SELECT count(*) FROM group_member m JOIN directory_group g ON g.group_id = m.group_id \
        WHERE g.source_id = $1 AND m.member_kind = 'person'";
    const NOTE: &str = "INSERT INTO directory_removal (group_id, person_id, source_id, at)";
    const AGAIN: &str = "ON CONFLICT (group_id, person_id) DO UPDATE SET source_id = excluded.source_id, \
        at = excluded.at";
    for part in due.add.chunks(MEMBERS) {
        tx.execute_in(BACK, part.to_vec(), args![group]).await?;
    }
    if due.remove.is_empty() {
        return Ok(None);
    }
    let going: BTreeSet<&str> = due.remove.iter().map(String::as_str).collect();
    let (mut here, mut everywhere) = (0, 0);
    let values = args![&due.source, now_ms - TOGETHER_MS];
    for row in tx.fetch_all(LATELY, values).await? {
        let same = row.str(0)? == group.as_str();
        if same && going.contains(row.str(1)?) {
            continue;
        }
        everywhere += 1;
        here += usize::from(same);
    }
    let all = tx.fetch_one(ALL, args![&due.source]).await?.i64(0)?;
    let all = usize::try_from(all).unwrap_or(0);
    let of_group = Many {
        members: here + due.remove.len(),
        of: due.present + here,
    };
    let of_all = Many {
        members: everywhere + due.remove.len(),
        of: all + everywhere,
    };
    // What waited once waits until somebody looked, however long that takes; what was declined does not go along with
    // the next small step.
    let waited = !due.refused.is_empty() || due.waiting.as_ref().is_some_and(|held| !held.applied);
    let many = [of_group, of_all]
        .into_iter()
        .find(|count| count.members > many_of(count.of));
    // One big step alone is looked at as every change is.
    if waited || (many.is_some() && everywhere > 0) {
        return Ok(Some(many.unwrap_or(of_group)));
    }
    let rows = due
        .remove
        .iter()
        .map(|person| args![group, person.as_str(), &due.source, now_ms])
        .collect();
    tx.insert_many(NOTE, 4, rows, AGAIN).await?;
    Ok(None)
}

/// An administrator looked at what goes out of the group: the count begins anew.
async fn looked_at_in(tx: &Tx, group: &GroupId) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM directory_removal WHERE group_id = $1";
    tx.execute(CLEAR, args![group]).await?;
    Ok(())
}

/// Lets the members of a group follow what its directory says. Where that takes something from several
/// devices, few members go by a plan that is applied at once, and many wait for an administrator.
pub(super) async fn follow(
    core: &Core,
    group: &GroupId,
    run_id: Option<&str>,
    anew: bool,
) -> Result<(), Error> {
    let due = core
        .db()
        .write(
            (group.clone(), anew, core.now_ms()),
            |tx, (group, anew, now)| Box::pin(async move { due_in(tx, group, *anew, *now).await }),
        )
        .await?;
    let Some(due) = due else { return Ok(()) };
    if due.add.is_empty() && due.remove.is_empty() {
        if let Some(waiting) = &due.waiting {
            settle_held(core, &waiting.run).await?;
        }
        return Ok(());
    }
    if due.waiting.as_ref().is_some_and(|waiting| waiting.open) {
        return Ok(());
    }
    if due.declined && due.remove.is_empty() {
        return Ok(());
    }
    let actor = Actor::directory(&due.source, run_id);
    let mut held = false;
    for part in due.add.chunks(MEMBERS) {
        let change = Change::GroupMembers {
            group_id: group.to_string(),
            add: people(part),
            remove: Vec::new(),
        };
        held |= one(core, &actor, group, &due, (change, due.add.len())).await?;
    }
    let going: &[String] = if due.declined { &[] } else { &due.remove };
    for part in going.chunks(MEMBERS) {
        let change = Change::GroupMembers {
            group_id: group.to_string(),
            add: Vec::new(),
            remove: people(part),
        };
        held |= match due.many {
            Some(many) => look_first(core, &actor, group, &due, (change, many)).await?,
            None => one(core, &actor, group, &due, (change, due.remove.len())).await?,
        };
    }
    match &due.waiting {
        Some(waiting) if !held => settle_held(core, &waiting.run).await,
        _ => Ok(()),
    }
}

fn people(ids: &[String]) -> Vec<Member> {
    let member = |id: &String| Member {
        kind: MemberKind::Person,
        id: id.clone(),
    };
    ids.iter().map(member).collect()
}

/// Makes a change that is few, at once or by a plan of its own; true when it waits after all.
async fn one(
    core: &Core,
    actor: &Actor,
    group: &GroupId,
    due: &Due,
    (change, members): (Change, usize),
) -> Result<bool, Error> {
    let plan = match change_directly(core, actor, change).await {
        Ok(_) => return Ok(false),
        Err(error) if error.code == "plan_required" => error
            .data
            .as_ref()
            .and_then(|data| data["plan_id"].as_str())
            .and_then(PlanId::parse)
            .ok_or_else(|| Error::internal("A plan that is required has no id."))?,
        Err(error) => return Err(error),
    };
    if members <= many_of(due.present) {
        apply(core, actor, &plan).await?;
        return Ok(false);
    }
    let many = Many {
        members,
        of: due.present,
    };
    hold(core, group, due, (plan, many)).await?;
    Ok(true)
}

async fn apply(core: &Core, actor: &Actor, plan: &PlanId) -> Result<PlanView, Error> {
    let approval = Approval {
        reason: Some("The directory says so.".to_owned()),
        confirm: None,
    };
    plans::apply(core, actor, plan, approval).await
}

/// Many go, at once or in small steps: what takes nothing from any device is done, the rest waits. True when it
/// waits.
async fn look_first(
    core: &Core,
    actor: &Actor,
    group: &GroupId,
    due: &Due,
    (change, many): (Change, Many),
) -> Result<bool, Error> {
    let plan = plans::plan(core, actor, change).await?;
    if plan.summary.removes_from == 0 {
        apply(core, actor, &plan.id).await?;
        return Ok(false);
    }
    hold(core, group, due, (plan.id, many)).await?;
    Ok(true)
}

async fn hold(
    core: &Core,
    group: &GroupId,
    due: &Due,
    (plan, many): (PlanId, Many),
) -> Result<(), Error> {
    let held = Held {
        reasons: vec!["many_members".to_owned()],
        group_id: Some(group.to_string()),
        members: many.members,
        of: many.of,
        digest: due.digest.clone(),
        ..Held::default()
    };
    let source = find(core, &due.source).await?;
    let overtaken = due.waiting.as_ref().map(|waiting| waiting.run.clone());
    let id = new_uuid(core.now_ms()).to_string();
    let input = (source, (id, held, plan), overtaken, core.now_ms());
    core.db()
        .write(input, |tx, (source, (id, held, plan), overtaken, now)| {
            Box::pin(async move {
                if let Some(run) = overtaken {
                    end_in(tx, run, RunStatus::Overtaken).await?;
                }
                let run = NewRun {
                    id,
                    kind: "members",
                    status: RunStatus::Held,
                    complete: false,
                    counts: &Counts::default(),
                    held: Some(held),
                    plan_id: Some(plan.as_str()),
                };
                keep_in(tx, source, &run, *now).await
            })
        })
        .await
}

async fn end_in(tx: &Tx, run: &str, status: RunStatus) -> Result<(), Error> {
    const END: &str = "UPDATE directory_run SET status = $2 WHERE id = $1 AND status = 'held'";
    tx.execute(END, args![run, status.as_str()]).await?;
    Ok(())
}

/// What waited has come about otherwise, by its plan or by the directory.
async fn settle_held(core: &Core, run: &str) -> Result<(), Error> {
    core.db()
        .write(run.to_owned(), |tx, run| {
            Box::pin(async move { end_in(tx, run, RunStatus::Overtaken).await })
        })
        .await
}

/// Lets the members of all groups follow that do not yet: what was cut short is finished here.
pub(super) async fn follow_all(core: &Core) -> Result<(), Error> {
    const BEHIND: &str = "SELECT g.group_id FROM directory_group g JOIN directory_source s \
        ON s.id = g.source_id WHERE s.status = 'active' AND g.group_id > $1 AND (EXISTS (SELECT 1 \
        FROM directory_effective e WHERE e.group_id = g.group_id AND NOT EXISTS (SELECT 1 \
        FROM group_member m WHERE m.group_id = e.group_id AND m.member_kind = 'person' \
        AND m.member_id = e.person_id)) OR EXISTS (SELECT 1 FROM group_member m \
        WHERE m.group_id = g.group_id AND m.member_kind = 'person' AND NOT EXISTS (SELECT 1 \
        FROM directory_effective e WHERE e.group_id = m.group_id AND e.person_id = m.member_id)) \
        OR EXISTS (SELECT 1 FROM directory_run r WHERE r.source_id = g.source_id \
        AND r.kind = 'members' AND r.status = 'held')) ORDER BY g.group_id LIMIT $2";
    let mut last = String::new();
    loop {
        let values = args![last.as_str(), ROUND];
        let rows = core.db().query_all(BEHIND, values).await?;
        for row in &rows {
            last = row.text(0)?;
            let group = GroupId::from_store(last.clone());
            match follow(core, &group, None, true).await {
                Ok(()) => {}
                Err(error) if error.kind == Kind::Unavailable => return Err(error),
                Err(error) => {
                    tracing::warn!(group.id = %group, error = %error, "a group does not follow its directory yet");
                }
            }
        }
        if i64::try_from(rows.len()).unwrap_or(0) < ROUND {
            return Ok(());
        }
    }
}
