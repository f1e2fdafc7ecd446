//! Deciding: a second person approves or declines; whoever asked takes it back.

use serde_json::json;
use tillsyn_db::Tx;

use super::carry::{self, Carried};
use super::change::Change;
use super::people::refuse_one_hand_in;
use super::rules::{no_other_person_in, second_person, who};
use super::status::ApprovalStatus;
use super::store::{Approval, End, find_in, settle_in};
use super::targets::Target;
use super::view::{ApprovalView, visible};
use crate::actor::{Actor, ActorKind, Permission, authorize, refuse_limited};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{ApprovalId, PlanId};
use crate::plans;

/// Approves, and makes the change in the same transaction. By the server's shell only where no other
/// person could.
///
/// # Errors
/// `approval_overtaken` when the targets are not those that were asked for; the request has ended then.
pub async fn approve(
    core: &Core,
    actor: &Actor,
    id: &ApprovalId,
    reason: Option<&str>,
) -> Result<ApprovalView, Error> {
    let words = said(reason);
    let found = load(core, id).await?;
    visible(actor, &found)?;
    // What waits may have been named instead.
    let id = &found.id;
    if let Change::Plan { plan_id } = &found.change {
        waiting(&found)?;
        // Its effect on the fleet is computed outside of the transaction; the plan ends this request.
        let plan = PlanId::from_store(plan_id.clone());
        let given = plans::Approval {
            reason: words,
            confirm: None,
        };
        plans::apply(core, actor, &plan, given).await?;
        return super::find(core, actor, id).await;
    }
    let input = (
        core.clone(),
        actor.clone(),
        id.clone(),
        words,
        core.now_ms(),
    );
    let outcome = core
        .db()
        .write(input, |tx, (core, actor, id, words, now)| {
            Box::pin(async move {
                let turn = Turn {
                    tx,
                    core,
                    actor,
                    now_ms: *now,
                };
                turn.approve(id, words.as_deref()).await
            })
        })
        .await?;
    core.wake_push();
    core.wake_reconciler();
    match outcome {
        Carried::Done => super::find(core, actor, id).await,
        Carried::Overtaken(changed) => Err(Error::conflict(
            "approval_overtaken",
            "This is not what was asked for any more: devices changed since. It must be asked again.",
        )
        .with_data(json!({ "changed": changed }))),
    }
}

/// Declines: what waited is withdrawn.
///
/// # Errors
/// Invalid without a reason.
pub async fn decline(
    core: &Core,
    actor: &Actor,
    id: &ApprovalId,
    reason: &str,
) -> Result<ApprovalView, Error> {
    let words = said(Some(reason)).ok_or_else(|| {
        Error::invalid(
            "reason",
            "reason_missing",
            "Say why; whoever asked will read it.",
        )
    })?;
    end(core, actor, id, ApprovalStatus::Declined, Some(words)).await
}

/// Takes a request back. Whoever asked can, and whoever could decide.
pub async fn cancel(core: &Core, actor: &Actor, id: &ApprovalId) -> Result<ApprovalView, Error> {
    end(core, actor, id, ApprovalStatus::Cancelled, None).await
}

async fn end(
    core: &Core,
    actor: &Actor,
    id: &ApprovalId,
    status: ApprovalStatus,
    words: Option<String>,
) -> Result<ApprovalView, Error> {
    let found = load(core, id).await?;
    let id = &found.id;
    let input = (
        core.clone(),
        actor.clone(),
        id.clone(),
        words,
        core.now_ms(),
    );
    core.db()
        .write((input, status), |tx, (input, status)| {
            let (core, actor, id, words, now) = input;
            Box::pin(async move {
                let turn = Turn {
                    tx,
                    core,
                    actor,
                    now_ms: *now,
                };
                turn.end(id, *status, words.as_deref()).await
            })
        })
        .await?;
    super::find(core, actor, id).await
}

fn said(reason: Option<&str>) -> Option<String> {
    let reason = reason.map(|text| text.trim().chars().take(500).collect::<String>());
    reason.filter(|text| !text.is_empty())
}

async fn load(core: &Core, id: &ApprovalId) -> Result<Approval, Error> {
    core.db()
        .read((id.clone(), core.now_ms()), |tx, (id, now)| {
            Box::pin(async move { find_in(tx, id.as_str(), *now).await })
        })
        .await
}

fn waiting(approval: &Approval) -> Result<(), Error> {
    if approval.status == ApprovalStatus::Waiting {
        return Ok(());
    }
    let word = approval.status.as_str();
    Err(
        Error::conflict("approval_over", format!("This request is {word} already."))
            .with_data(json!({ "status": word })),
    )
}

/// Whoever is limited to one platform decides on devices of that one, and on nothing that is not of devices.
pub(super) fn within_platform(actor: &Actor, found: &Approval) -> Result<(), Error> {
    let own = |target: &Target| actor.reaches_device(&actor.unit_path, &target.platform);
    if found.targets > 0 && found.preview.targets.iter().all(own) {
        return Ok(());
    }
    refuse_limited(actor)
}

/// One decision in its transaction; it may run more than once.
struct Turn<'a> {
    tx: &'a Tx,
    core: &'a Core,
    actor: &'a Actor,
    now_ms: i64,
}

impl Turn<'_> {
    async fn approve(&self, id: &ApprovalId, words: Option<&str>) -> Result<Carried, Error> {
        let (tx, actor, now_ms) = (self.tx, self.actor, self.now_ms);
        let found = find_in(tx, id.as_str(), now_ms).await?;
        visible(actor, &found)?;
        waiting(&found)?;
        let (people, needed, path) = (&found.people, found.permission, &found.unit_path);
        if actor.kind == ActorKind::Server {
            no_other_person_in(tx, people, needed, path, now_ms).await?;
        } else {
            second_person(actor, people, needed, path, now_ms)?;
            refuse_one_hand_in(tx, actor, people, now_ms).await?;
            within_platform(actor, &found)?;
        }
        let carried = carry::carry_in(tx, self.core, actor, &found, now_ms).await?;
        let status = match &carried {
            Carried::Done => ApprovalStatus::Approved,
            Carried::Overtaken(_) => ApprovalStatus::Overtaken,
        };
        self.settle(&found, status, words).await?;
        Ok(carried)
    }

    async fn end(
        &self,
        id: &ApprovalId,
        status: ApprovalStatus,
        words: Option<&str>,
    ) -> Result<(), Error> {
        let found = find_in(self.tx, id.as_str(), self.now_ms).await?;
        visible(self.actor, &found)?;
        waiting(&found)?;
        let actor = self.actor;
        let own = found.people.iter().any(|one| one == who(actor));
        // A token takes back what it could have asked for, not all that its account did.
        let takes_back = own
            && status == ApprovalStatus::Cancelled
            && (actor.kind != ActorKind::Token || actor.holds(found.permission));
        if !takes_back && actor.kind != ActorKind::Server {
            if actor.kind != ActorKind::Account {
                return Err(Error::forbidden(
                    "person_needed",
                    "A second person decides this in the console; programs may only ask.",
                ));
            }
            if own {
                return Err(Error::forbidden(
                    "second_person_needed",
                    "You asked for this yourself: take it back instead.",
                ));
            }
            authorize(actor, Permission::GuardApprove, &found.unit_path)?;
            authorize(actor, found.permission, &found.unit_path)?;
            match &found.change {
                Change::Plan { plan_id } => {
                    plans::refuse_limited_in(self.tx, actor, plan_id, self.now_ms).await?;
                }
                _ => within_platform(actor, &found)?,
            }
        }
        self.settle(&found, status, words).await
    }

    async fn settle(
        &self,
        found: &Approval,
        status: ApprovalStatus,
        words: Option<&str>,
    ) -> Result<(), Error> {
        let (tx, actor, now_ms) = (self.tx, self.actor, self.now_ms);
        if status != ApprovalStatus::Approved {
            carry::drop_in(tx, actor, &found.change, status, now_ms).await?;
        }
        let end = End {
            status,
            reason: words,
        };
        let (kind, subject) = (found.change.kind(), found.change.subject());
        settle_in(tx, actor, kind, subject, end, now_ms).await?;
        Ok(())
    }
}
