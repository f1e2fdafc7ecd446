//! Changes that need no look: planned and applied in one go.

use serde_json::json;

use super::apply::carry_out;
use super::change::Change;
use super::create::plan_computed;
use super::store::PlanView;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;

/// Makes a change at once when it takes something from at most one device.
///
/// # Errors
/// `plan_required` with the plan's id in its data when somebody should look first.
pub async fn change_directly(
    core: &Core,
    actor: &Actor,
    change: Change,
) -> Result<PlanView, Error> {
    let (plan, computed) = plan_computed(core, actor, change).await?;
    let summary = &plan.summary;
    if summary.removes_from > 1 {
        return Err(Error::conflict(
            "plan_required",
            "This takes profiles from several devices. Look at the plan and apply it.",
        )
        .with_data(json!({
            "plan_id": plan.id, "removes_from": summary.removes_from,
        })));
    }
    carry_out(core, actor, plan, computed, None).await
}
