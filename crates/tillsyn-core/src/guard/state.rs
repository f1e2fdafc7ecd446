//! How the guard stands, for whoever looks.

use tillsyn_db::args;

use crate::actor::Actor;
use crate::commands::{Budget, guard};
use crate::core::Core;
use crate::error::Error;
use crate::settings::{self, GuardSettings, UnitGuard};

use super::freeze::{FreezeView, freezes};
use super::stop::may_stop;

/// The guard's figures, what of the budget is used, and what is frozen.
#[derive(Clone, Debug)]
pub struct GuardState {
    pub settings: GuardSettings,
    /// What units of the actor's scope want stricter.
    pub units: Vec<UnitLine>,
    pub budget: Budget,
    pub freezes: Vec<FreezeView>,
    /// Whether the actor may stop everything destructive of their scope.
    pub may_stop: bool,
}

/// What one unit wants stricter, for its subtree.
#[derive(Clone, Debug)]
pub struct UnitLine {
    pub id: String,
    pub name: String,
    pub figures: UnitGuard,
}

/// As it stands now, with the actor's own part of the budget.
pub async fn state(core: &Core, actor: &Actor) -> Result<GuardState, Error> {
    let settings: GuardSettings = settings::read(core, settings::GUARD).await?;
    Ok(GuardState {
        units: units(core, actor, &settings).await?,
        settings,
        budget: budget(core, actor).await?,
        freezes: freezes(core, actor).await?,
        may_stop: may_stop(actor),
    })
}

async fn units(
    core: &Core,
    actor: &Actor,
    settings: &GuardSettings,
) -> Result<Vec<UnitLine>, Error> {
    const UNITS: &str = "SELECT id, name, path FROM org_unit WHERE id {ids} ORDER BY path";
    let ids: Vec<String> = settings.units.keys().cloned().collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let read = core.db().read(ids, |tx, ids| {
        Box::pin(async move { Ok::<_, Error>(tx.fetch_all_in(UNITS, ids.clone(), args![]).await?) })
    });
    let mut lines = Vec::new();
    for row in read.await? {
        let id = row.text(0)?;
        if let Some(figures) = settings.units.get(&id).copied()
            && actor.reaches(row.str(2)?)
        {
            let name = row.text(1)?;
            lines.push(UnitLine { id, name, figures });
        }
    }
    Ok(lines)
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
