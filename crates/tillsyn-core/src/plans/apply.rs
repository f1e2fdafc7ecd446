//! Carrying a plan out: computed again, refused when the world moved, made in one transaction.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::change::Change;
use super::compute::{Computed, Depth, compute};
use super::create::plan;
use super::guard::{Asker, Need, lately_in, need};
use super::settle::Settled;
use super::store::{PlanStatus, PlanView, find_in, who};
use crate::actor::{Actor, ActorKind, authorize, require_fresh};
use crate::approvals::{
    self, ApprovalStatus, Cause, End, NewApproval, Preview, ask_in, no_other_person_in,
    people_of_in, refuse_one_hand_in, second_person, settle_in,
};
use crate::assignments;
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent};
use crate::guard::refuse_frozen_devices_in;
use crate::ids::{GroupId, PlanId};
use crate::{groups, text};

/// How often the effect is computed again when the configuration moves before the change is made.
const TRIES: usize = 4;

/// Characters of a reason.
const MOST_REASON: usize = 500;

/// What whoever applies a plan typed.
#[derive(Clone, Debug, Default)]
pub struct Approval {
    /// Why, for the audit trail.
    pub reason: Option<String>,
    /// The exact number of devices from which something is removed.
    pub confirm: Option<String>,
}

/// Carries a plan out, asks for a second person, or is that second person. Applying it again answers what
/// came of it the first time.
///
/// # Errors
/// `plan_overtaken` when the effect is another one by now, with a new plan in its data; what the guard asks
/// for and did not get.
pub async fn apply(
    core: &Core,
    actor: &Actor,
    id: &PlanId,
    approval: Approval,
) -> Result<PlanView, Error> {
    for _ in 0..TRIES {
        if let Some(done) = attempt(core, actor, id, &approval).await? {
            return Ok(done.told_to(actor));
        }
    }
    Err(Error::conflict(
        "configuration_moves",
        "The configuration is being changed at this moment; try again.",
    ))
}

/// `None` when the configuration moved between the look at the devices and the change.
async fn attempt(
    core: &Core,
    actor: &Actor,
    id: &PlanId,
    approval: &Approval,
) -> Result<Option<PlanView>, Error> {
    let found = super::view::find(core, actor, id).await?;
    authorize(actor, found.change.permission(), &found.unit_path)?;
    match found.status {
        PlanStatus::Applied => return Ok(Some(found)),
        PlanStatus::Open | PlanStatus::Waiting => {}
        over => {
            return Err(Error::conflict(
                "plan_over",
                format!("This plan is {} and cannot be applied.", over.as_str()),
            )
            .with_data(json!({ "status": over.as_str() })));
        }
    }
    // The effect is the plan's, whoever confirms it: scope was checked above. Other changes may have been
    // made since; only the effect has to be the same.
    let computed = match compute(core, actor, &found.change, Depth::Effects).await {
        Ok((_, computed)) if computed.digest == found.digest => Arc::new(computed),
        Err(error) if !gone(&error) => return Err(error),
        _ => return overtake(core, actor, &found).await.map(Some),
    };
    computed.tally.summary.refuse_limited(actor)?;
    let reason = text::optional("reason", approval.reason.clone(), MOST_REASON)?;
    let reason = reason.as_deref();
    let way = if found.status == PlanStatus::Waiting {
        other_person(core, actor, &found).await?;
        Way::Apply
    } else {
        let lately = lately(core, actor).await?;
        checked(core, actor, (&computed, lately), approval, reason)?
    };
    match way {
        Way::Ask => ask(core, actor, &found, reason).await.map(Some),
        Way::Apply => {
            if let Change::DeleteGroup { group_id } = &found.change
                && let Some(group) = GroupId::parse(group_id)
            {
                groups::thin_out(core, actor, &group).await?;
            }
            carry_out(core, actor, found, computed, reason).await
        }
    }
}

/// Read before the change: whatever is removed meanwhile moves the revision, so that the plan is looked at anew.
async fn lately(core: &Core, actor: &Actor) -> Result<usize, Error> {
    core.db()
        .read((actor.clone(), core.now_ms()), |tx, (actor, now)| {
            Box::pin(async move { lately_in(tx, actor, *now).await })
        })
        .await
}

/// Whether what was planned cannot be done any more, as against a fault that passes.
fn gone(error: &Error) -> bool {
    matches!(
        error.kind,
        Kind::NotFound | Kind::Invalid | Kind::NotCapable
    )
}

enum Way {
    Ask,
    Apply,
}

/// What a person has to give before an open plan is carried out.
pub async fn need_of(core: &Core, actor: &Actor, plan: &PlanView) -> Result<Need, Error> {
    let lately = lately(core, actor).await?;
    let asker = Asker::of(actor, core.now_ms());
    Ok(need(plan.summary.removes_from, lately, asker))
}

/// Who wants a plan that waits: whoever asked for the second person, and before that whoever made it.
pub fn wanted_by(plan: &PlanView) -> &str {
    plan.asked_by.as_deref().unwrap_or(&plan.created_by)
}

/// The rows of the guard's table (security §6) for a plan that nobody asked for yet.
fn checked(
    core: &Core,
    actor: &Actor,
    (computed, lately): (&Computed, usize),
    approval: &Approval,
    reason: Option<&str>,
) -> Result<Way, Error> {
    let now_ms = core.now_ms();
    let asker = Asker::of(actor, now_ms);
    let removes_from = computed.tally.summary.removes_from;
    let need = need(removes_from, lately, asker);
    if need == Need::Nothing {
        return Ok(Way::Apply);
    }
    require_fresh(actor, now_ms)?;
    if reason.is_none() {
        return Err(Error::invalid(
            "reason",
            "reason_missing",
            "Say why; it goes to the audit trail.",
        ));
    }
    if need == Need::SecondPerson {
        return Ok(Way::Ask);
    }
    let expected = removes_from.to_string();
    if approval.confirm.as_deref().map(str::trim) != Some(expected.as_str()) {
        return Err(Error::invalid(
            "confirm",
            "confirmation",
            format!("Type the exact number of devices from which something is removed: {expected}"),
        ));
    }
    Ok(Way::Apply)
}

/// Refuses everybody but a second person, or the server where there is none, for a plan that waits. Whose wish
/// it is stands in its request.
async fn other_person(core: &Core, actor: &Actor, plan: &PlanView) -> Result<(), Error> {
    let input = (actor.clone(), plan.clone(), core.now_ms());
    core.db()
        .read(input, |tx, (actor, plan, now)| {
            Box::pin(async move {
                let people = people_of_in(tx, "plan", plan.id.as_str()).await?;
                let people = people.ok_or_else(|| {
                    Error::conflict("approval_over", "Nothing of this plan waits for anybody.")
                })?;
                let (permission, path) = (plan.change.permission(), plan.unit_path.as_str());
                if actor.kind == ActorKind::Server {
                    return no_other_person_in(tx, &people, permission, path, *now).await;
                }
                second_person(actor, &people, permission, path, *now)?;
                refuse_one_hand_in(tx, actor, &people, *now).await
            })
        })
        .await
}

/// Records that the asker wants it and somebody else has to agree.
async fn ask(
    core: &Core,
    actor: &Actor,
    plan: &PlanView,
    reason: Option<&str>,
) -> Result<PlanView, Error> {
    const ASK: &str = "UPDATE plan SET status = 'waiting', asked_by = $2, asked_at = $3, reason = $4 \
        WHERE id = $1 AND status = 'open'";
    let input = (
        plan.id.clone(),
        actor.clone(),
        reason.map(str::to_owned),
        core.now_ms(),
    );
    core.db()
        .write(input, |tx, (id, actor, reason, now)| {
            Box::pin(async move {
                let asked = args![id, who(actor), *now, reason.as_deref()];
                if tx.execute(ASK, asked).await? > 0 {
                    let plan = find_in(tx, id, *now).await?;
                    let event = NewEvent::done("plan.ask", "plan", id.as_str(), &plan.unit_id)
                        .with(json!({
                            "digest": plan.digest, "reason": reason,
                            "removes_from": plan.summary.removes_from,
                        }));
                    events::record(tx, actor, *now, event).await?;
                    wait_in(tx, actor, &plan, reason.as_deref(), *now).await?;
                }
                find_in(tx, id, *now).await
            })
        })
        .await
}

/// What waits for a second person is among all that does.
async fn wait_in(
    tx: &Tx,
    actor: &Actor,
    plan: &PlanView,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), Error> {
    let summary = &plan.summary;
    let new = NewApproval {
        change: approvals::Change::Plan {
            plan_id: plan.id.to_string(),
        },
        unit_id: &plan.unit_id,
        permission: plan.change.permission(),
        cause: Cause::SecondPerson,
        preview: Preview {
            act: Some(plan.change.kind().to_owned()),
            facts: json!({
                "removes_from": summary.removes_from, "devices": summary.devices,
                "effects": summary.effects, "digest": plan.digest,
            }),
            ..Preview::default()
        },
        reason,
        expires_at: Some(plan.expires_at),
        sealed: None,
    };
    ask_in(tx, actor, new, now_ms).await?;
    Ok(())
}

/// A plan that waited and is withdrawn by whoever decides on it.
pub(crate) async fn drop_in(tx: &Tx, plan_id: &str) -> Result<(), Error> {
    const DROP: &str = "UPDATE plan SET status = 'cancelled' WHERE id = $1 AND status = 'waiting'";
    tx.execute(DROP, args![plan_id]).await?;
    Ok(())
}

/// Everything in one transaction: the change, the revision, the event, and who is to be looked at. `None`
/// when the plan or the configuration moved since the effect was computed.
async fn carry_out(
    core: &Core,
    actor: &Actor,
    plan: PlanView,
    computed: Arc<Computed>,
    reason: Option<&str>,
) -> Result<Option<PlanView>, Error> {
    let carry = Carry {
        core: core.clone(),
        actor: actor.clone(),
        plan,
        computed,
        reason: reason.map(str::to_owned),
        now_ms: core.now_ms(),
    };
    let done = core
        .db()
        .write(carry, |tx, carry| Box::pin(carry.run(tx)))
        .await?;
    if done.is_some() {
        core.wake_reconciler();
    }
    Ok(done)
}

struct Carry {
    core: Core,
    actor: Actor,
    plan: PlanView,
    computed: Arc<Computed>,
    reason: Option<String>,
    now_ms: i64,
}

impl Carry {
    /// `None` when the world moved since the effect was computed.
    async fn run(&self, tx: &Tx) -> Result<Option<PlanView>, Error> {
        let id = &self.plan.id;
        let stored = find_in(tx, id, self.now_ms).await?;
        if stored.status == PlanStatus::Applied {
            return Ok(Some(stored));
        }
        if stored.status != self.plan.status
            || assignments::revision_in(tx).await? != self.computed.revision
        {
            return Ok(None);
        }
        let (core, actor) = (&self.core, &self.actor);
        refuse_frozen_devices_in(tx, actor, &self.computed.tally.removes).await?;
        let approved = End {
            status: ApprovalStatus::Approved,
            reason: self.reason.as_deref(),
        };
        settle_in(tx, actor, "plan", id.as_str(), approved, self.now_ms).await?;
        let settled = Settled {
            computed: &self.computed,
            reason: self.reason.as_deref(),
            now_ms: self.now_ms,
        };
        Ok(Some(settled.carry_in(tx, core, actor, &stored).await?))
    }
}

/// Ends a plan whose effect is another one by now, and offers a new one of the same change. It waits for nobody:
/// whoever asked has not seen it, and asking again is theirs or somebody else's (security §6). Whoever comes
/// second of two that apply it at the same time hears what the first one made.
async fn overtake(core: &Core, actor: &Actor, old: &PlanView) -> Result<PlanView, Error> {
    const END: &str = "UPDATE plan SET status = 'overtaken' \
        WHERE id = $1 AND status IN ('open', 'waiting')";
    let input = (old.id.clone(), actor.clone(), core.now_ms());
    let stored = core
        .db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let stored = find_in(tx, id, *now).await?;
                if tx.execute(END, args![id]).await? > 0 {
                    let unit = &stored.unit_id;
                    let event = NewEvent::done("plan.overtaken", "plan", id.as_str(), unit);
                    events::record(tx, actor, *now, event).await?;
                    let over = End {
                        status: ApprovalStatus::Overtaken,
                        reason: None,
                    };
                    settle_in(tx, actor, "plan", id.as_str(), over, *now).await?;
                }
                Ok::<_, Error>(stored)
            })
        })
        .await?;
    if stored.status == PlanStatus::Applied {
        return Ok(stored);
    }
    let detail =
        "The devices or the configuration changed since this plan was made. Look at the new one.";
    let data = match plan(core, actor, old.change.clone()).await {
        Ok(new) => json!({ "plan_id": new.id }),
        // It cannot be done any more; the code says why.
        Err(error) => json!({ "plan_id": null, "refused": error.code }),
    };
    Err(Error::conflict("plan_overtaken", detail).with_data(data))
}
