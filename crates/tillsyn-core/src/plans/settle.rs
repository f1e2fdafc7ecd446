//! What belongs to a change, in its transaction: the revision, who is looked at, the plan's end, the event.

use serde_json::{Value as Json, json};
use tillsyn_db::{Tx, args};

use super::carry::{Look, carry_in};
use super::compute::Computed;
use super::store::{PlanView, find_in, who};
use crate::actor::Actor;
use crate::assignments;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::PlanId;
use crate::reconcile::request::{request_in, sweep_in};

/// Up to so many devices are asked for one by one; more are walked.
const FEW_DEVICES: usize = 200;

/// A plan that may be carried out.
pub(super) struct Settled<'a> {
    pub(super) computed: &'a Computed,
    pub(super) reason: Option<&'a str>,
    pub(super) now_ms: i64,
}

impl Settled<'_> {
    /// Carries it out with everything that belongs to it.
    pub(super) async fn carry_in(
        &self,
        tx: &Tx,
        core: &Core,
        actor: &Actor,
        plan: &PlanView,
    ) -> Result<PlanView, Error> {
        let carried = carry_in(tx, core, actor, &plan.change, self.now_ms).await?;
        assignments::bump_in(tx).await?;
        look_in(tx, carried.look, self.computed, Some(&plan.id), self.now_ms).await?;
        if let ("profile", id) = plan.change.object()
            && !self.computed.tally.items.contains(id)
        {
            sweep_in(tx, "item", id, self.now_ms).await?;
        }
        self.close_in(tx, actor, plan, &carried.result).await?;
        self.record(tx, actor, plan, &carried.result).await?;
        find_in(tx, &plan.id, self.now_ms).await
    }

    async fn close_in(
        &self,
        tx: &Tx,
        actor: &Actor,
        plan: &PlanView,
        result: &Json,
    ) -> Result<(), Error> {
        const CLOSE: &str = "UPDATE plan SET status = 'applied', applied_by = $2, applied_at = $3, \
            result = $4, reason = COALESCE($5, reason) WHERE id = $1";
        let result = result.to_string();
        let values = args![&plan.id, who(actor), self.now_ms, result, self.reason];
        tx.execute(CLOSE, values).await?;
        Ok(())
    }

    async fn record(
        &self,
        tx: &Tx,
        actor: &Actor,
        plan: &PlanView,
        result: &Json,
    ) -> Result<(), Error> {
        let (kind, object) = plan.change.object();
        let summary = &self.computed.tally.summary;
        let event =
            NewEvent::done("plan.apply", "plan", plan.id.as_str(), &plan.unit_id).with(json!({
                "change": plan.change.kind(), "object_kind": kind, "object_id": object,
                "digest": self.computed.digest, "effects": summary.effects,
                "devices": summary.devices, "removes_from": summary.removes_from,
                "asked_by": plan.asked_by, "reason": self.reason, "result": result,
            }));
        events::record(tx, actor, self.now_ms, event).await?;
        Ok(())
    }
}

/// Few devices by name, so that they need not wait; and everybody through the items that change, whoever has
/// or is to have these by now: a device that enrolled since the effect was computed is not among the few.
pub(super) async fn look_in(
    tx: &Tx,
    look: Look,
    computed: &Computed,
    plan: Option<&PlanId>,
    now_ms: i64,
) -> Result<(), Error> {
    const OF_PLAN: &str = "UPDATE reconcile_sweep SET plan_id = $2 WHERE id = $1";
    let tally = &computed.tally;
    match look {
        Look::Nobody => {}
        Look::Devices(devices) => return request_in(tx, devices, now_ms).await,
        Look::Unit(unit) => {
            let sweep = sweep_in(tx, "org_unit", &unit, now_ms).await?;
            tx.execute(OF_PLAN, args![&sweep, plan.map(PlanId::as_str)])
                .await?;
        }
        Look::Effect => {
            if tally.affected.len() <= FEW_DEVICES {
                request_in(tx, tally.affected.clone(), now_ms).await?;
            }
            for item in &tally.items {
                let sweep = sweep_in(tx, "item", item, now_ms).await?;
                tx.execute(OF_PLAN, args![&sweep, plan.map(PlanId::as_str)])
                    .await?;
            }
        }
    }
    Ok(())
}
