//! How the guard stands, for whoever looks.

use crate::actor::Actor;
use crate::commands::{Budget, guard};
use crate::core::Core;
use crate::error::Error;
use crate::settings::{self, GuardSettings};

use super::freeze::{Freeze, freezes};
use super::stop::may_stop;

/// The guard's figures, what of the budget is used, and what is frozen.
#[derive(Clone, Debug)]
pub struct GuardState {
    pub settings: GuardSettings,
    pub budget: Budget,
    pub freezes: Vec<Freeze>,
    /// Whether the actor may stop everything destructive of their scope.
    pub may_stop: bool,
}

/// As it stands now, with the actor's own part of the budget.
pub async fn state(core: &Core, actor: &Actor) -> Result<GuardState, Error> {
    Ok(GuardState {
        settings: settings::read(core, settings::GUARD).await?,
        budget: budget(core, actor).await?,
        freezes: freezes(core, actor).await?,
        may_stop: may_stop(actor),
    })
}

/// What the organisation and the actor have used.
pub async fn budget(core: &Core, actor: &Actor) -> Result<Budget, Error> {
    let figures: GuardSettings = settings::read(core, settings::GUARD).await?;
    let fleet = guard::fleet_size(core).await?;
    let me = actor
        .account_id
        .as_ref()
        .map_or(actor.id.clone(), ToString::to_string);
    core.db()
        .read(
            (me, fleet, figures, core.now_ms()),
            |tx, (me, fleet, figures, now)| {
                Box::pin(async move { guard::budget_in(tx, me, *fleet, figures, *now).await })
            },
        )
        .await
}
