//! Changes that need no look: computed and made in one go.

use std::sync::Arc;

use serde_json::json;
use tillsyn_db::Tx;

use super::carry::{Look, carry_in, rehearse};
use super::change::Change;
use super::compute::{Computed, Depth, compute};
use super::create::{keep, named};
use super::guard::{Asker, Need, lately_in, need};
use super::settle::{Settled, look_in};
use super::store::{PlanView, find_in, insert_in};
use crate::actor::{Actor, may};
use crate::assignments;
use crate::core::Core;
use crate::error::Error;
use crate::guard::refuse_frozen_devices_in;
use crate::ids::PlanId;

/// How often it begins anew when the configuration moves under it.
const TRIES: usize = 12;

/// Makes a change at once when it takes something from at most one device, and what the same person took
/// from devices in the last minutes does not add up to many. Answers the plan that was applied; none when
/// it was so already, or changes who belongs where without changing what any device is to have.
///
/// # Errors
/// `plan_required` with the plan's id in its data when somebody should look first.
pub async fn change_directly(
    core: &Core,
    actor: &Actor,
    change: Change,
) -> Result<Option<PlanView>, Error> {
    may(actor, change.permission())?;
    let now_ms = core.now_ms();
    let change = named(change, now_ms);
    if !rehearse(core, actor, &change, now_ms).await? {
        return Ok(None);
    }
    for _ in 0..TRIES {
        let (prepared, computed) = compute(core, actor, &change, Depth::Whole).await?;
        let computed = Arc::new(computed);
        let direct = Direct {
            core: core.clone(),
            actor: actor.clone(),
            id: PlanId::new(now_ms),
            unit: prepared.facts.unit_id.clone(),
            of_item: prepared.facts.item_id.is_some(),
            change: change.clone(),
            computed: computed.clone(),
            now_ms,
        };
        let outcome = core
            .db()
            .write(direct, |tx, direct| {
                Box::pin(async move { direct.run(tx).await })
            })
            .await?;
        match outcome {
            Outcome::Moved => {}
            Outcome::Made(plan) => {
                core.wake_reconciler();
                return Ok(plan.map(|plan| plan.told_to(actor)));
            }
            Outcome::Look => {
                let removes_from = computed.tally.summary.removes_from;
                let plan = keep(core, actor, change, &prepared, computed).await?;
                let detail = "This takes profiles from several devices, or adds to what you took from \
                    others just now. Look at the plan and apply it.";
                return Err(Error::conflict("plan_required", detail)
                    .with_data(json!({ "plan_id": plan.id, "removes_from": removes_from })));
            }
        }
    }
    Err(Error::conflict(
        "configuration_moves",
        "The configuration is being changed at this moment; try again.",
    ))
}

enum Outcome {
    /// The configuration moved since the effect was computed.
    Moved,
    /// Somebody has to look first.
    Look,
    Made(Option<Box<PlanView>>),
}

struct Direct {
    core: Core,
    actor: Actor,
    id: PlanId,
    unit: String,
    of_item: bool,
    change: Change,
    computed: Arc<Computed>,
    now_ms: i64,
}

impl Direct {
    /// What was removed lately is counted in the transaction that removes more: of two at the same time,
    /// the second finds the revision moved and counts the first.
    async fn run(&self, tx: &Tx) -> Result<Outcome, Error> {
        let (core, actor, now) = (&self.core, &self.actor, self.now_ms);
        let tally = &self.computed.tally;
        if assignments::revision_in(tx).await? != self.computed.revision {
            return Ok(Outcome::Moved);
        }
        tally.summary.refuse_limited(actor)?;
        let lately = lately_in(tx, actor, now).await?;
        let removes_from = tally.summary.removes_from;
        if removes_from > 1 || need(removes_from, lately, Asker::of(actor, now)) != Need::Nothing {
            return Ok(Outcome::Look);
        }
        // The reconciler would take it as soon as the freeze ends, and nobody would have asked again.
        refuse_frozen_devices_in(tx, actor, &tally.removes).await?;
        if tally.affected.is_empty() && !self.of_item {
            let carried = carry_in(tx, core, actor, &self.change, now).await?;
            let of_none = matches!(&carried.look, Look::Devices(devices) if devices.is_empty());
            if !of_none {
                assignments::bump_in(tx).await?;
            }
            look_in(tx, carried.look, &self.computed, None, now).await?;
            return Ok(Outcome::Made(None));
        }
        let (id, change, unit) = (&self.id, &self.change, &self.unit);
        insert_in(tx, actor, id, change, unit, &self.computed, now).await?;
        let plan = find_in(tx, id, now).await?;
        let settled = Settled {
            computed: &self.computed,
            reason: None,
            now_ms: now,
        };
        let made = settled.carry_in(tx, core, actor, &plan).await?;
        Ok(Outcome::Made(Some(Box::new(made))))
    }
}
