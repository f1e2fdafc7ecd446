//! What waits for an administrator: released or declined, by somebody who just proved who they are.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::follow::follow;
use super::groups::{set_members_in, work_out_in};
use super::person::{Step, settle_in};
use super::run::{Held, RunStatus, RunView, run_in};
use super::source::{SourceView, source_in};
use crate::accounts::Proof;
use crate::actor::{Actor, Permission, authorize, may, refuse_limited};
use crate::audit::prove;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{GroupId, PersonId};

/// People of one transaction.
const CHUNK: usize = 100;

async fn held_in(tx: &Tx, actor: &Actor, id: &str) -> Result<(RunView, SourceView, Held), Error> {
    let run = run_in(tx, id).await?;
    let source = source_in(tx, &run.source_id).await?;
    authorize(actor, Permission::PeopleWrite, &source.unit_path)?;
    authorize(actor, Permission::GroupsWrite, &source.unit_path)?;
    let (RunStatus::Held, Some(held)) = (&run.status, run.held.clone()) else {
        let text = "Nothing of this run waits any more.";
        return Err(Error::conflict("run_over", text));
    };
    Ok((run, source, held))
}

async fn begin(
    core: &Core,
    actor: &Actor,
    id: &str,
    proof: Option<Proof>,
) -> Result<(RunView, SourceView, Held), Error> {
    may(actor, Permission::PeopleWrite)?;
    refuse_limited(actor)?;
    prove(core, actor, proof).await?;
    core.db()
        .read((actor.clone(), id.to_owned()), |tx, (actor, id)| {
            Box::pin(async move { held_in(tx, actor, id).await })
        })
        .await
}

/// Lets what waits happen: people are suspended, groups emptied, devices of leavers dealt with. What takes
/// something from several devices still comes as a plan.
///
/// # Errors
/// `plan_required` with the plan's id for members of a group: that plan is what is applied.
pub async fn release_run(
    core: &Core,
    actor: &Actor,
    id: &str,
    proof: Option<Proof>,
) -> Result<RunView, Error> {
    let (run, source, held) = begin(core, actor, id, proof).await?;
    if run.kind == "members" {
        let text = "Look at the plan and apply it: it shows what each device loses.";
        return Err(
            Error::conflict("plan_required", text).with_data(json!({ "plan_id": run.plan_id }))
        );
    }
    end(core, actor, id, RunStatus::Released).await?;
    if run.kind == "suspensions" {
        return super::run_view(core, actor, id).await;
    }
    for part in held.suspend.chunks(CHUNK) {
        let input = (source.clone(), run.clone(), part.to_vec(), core.now_ms());
        core.db()
            .write(input, |tx, (source, run, part, now)| {
                Box::pin(async move {
                    let step = Step {
                        source,
                        run_id: &run.id,
                        now_ms: *now,
                    };
                    for link in part {
                        suspend_in(tx, &step, link, run.created_at).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    let input = (source, held.empty, core.now_ms());
    let groups = core
        .db()
        .write(input, |tx, (source, empty, now)| {
            Box::pin(async move {
                let mut changed = std::collections::BTreeSet::new();
                for group in empty {
                    set_members_in(tx, group, &std::collections::BTreeSet::new(), 0, *now).await?;
                    changed.insert(group.clone());
                }
                work_out_in(tx, &source.id, &changed).await
            })
        })
        .await?;
    for group in groups {
        follow_later(core, &group, &run.id).await;
    }
    super::run_view(core, actor, id).await
}

/// What does not follow now, the job finishes.
async fn follow_later(core: &Core, group: &GroupId, run: &str) {
    if let Err(error) = follow(core, group, Some(run), false).await {
        tracing::warn!(group.id = %group, error = %error, "a group does not follow its directory yet");
    }
}

/// Suspends the person of a link, unless a later reading named them.
async fn suspend_in(tx: &Tx, step: &Step<'_>, link: &str, asked_at: i64) -> Result<(), Error> {
    const FIND: &str = "SELECT person_id FROM directory_link WHERE id = $1 AND state = 'active' \
        AND updated_at <= $2";
    const SUSPEND: &str = "UPDATE directory_link SET state = 'suspended', raw_state = 'released', \
        missing_since = $2, digest = '', version = version + 1, updated_at = $2 WHERE id = $1";
    let Some(row) = tx.fetch_optional(FIND, args![link, asked_at]).await? else {
        return Ok(());
    };
    let person = PersonId::from_store(row.text(0)?);
    tx.execute(SUSPEND, args![link, step.now_ms]).await?;
    settle_in(tx, &step.actor(), &person, Some(step.run_id), step.now_ms).await?;
    Ok(())
}

/// Refuses what waits: everything stays as it is, until the directory says something else.
pub async fn decline_run(
    core: &Core,
    actor: &Actor,
    id: &str,
    proof: Option<Proof>,
) -> Result<RunView, Error> {
    begin(core, actor, id, proof).await?;
    end(core, actor, id, RunStatus::Declined).await?;
    super::run_view(core, actor, id).await
}

async fn end(core: &Core, actor: &Actor, id: &str, status: RunStatus) -> Result<(), Error> {
    let input = (actor.clone(), id.to_owned(), status, core.now_ms());
    core.db()
        .write(input, |tx, (actor, id, status, now)| {
            Box::pin(async move {
                const END: &str = "UPDATE directory_run SET status = $2, decided_by = $3, decided_at = $4 \
                    WHERE id = $1 AND status = 'held'";
                // Grace begins when somebody agreed.
                const RELEASE: &str = "UPDATE person_life SET held_run_id = NULL, since = $2, \
                    released_at = $2 WHERE held_run_id = $1";
                let (run, source, held) = held_in(tx, actor, id).await?;
                let values = args![id.as_str(), status.as_str(), actor.id.as_str(), *now];
                tx.execute(END, values).await?;
                let action = if *status == RunStatus::Released {
                    tx.execute(RELEASE, args![id.as_str(), *now]).await?;
                    "directory.release"
                } else {
                    "directory.decline"
                };
                let unit = source.unit_id.as_str();
                let event = NewEvent::done(action, "directory", source.id.as_str(), unit).with(json!({
                    "run": id, "kind": run.kind, "reasons": held.reasons,
                    "suspended": held.suspend.len(), "groups": held.empty.len(),
                    "members": held.members,
                }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
