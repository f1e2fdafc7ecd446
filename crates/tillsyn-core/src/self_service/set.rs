//! Policies as rows, one per unit that says something.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::policy::Policy;
use crate::actor::{Actor, Permission, authorize, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::org;

/// The policy of one unit.
#[derive(Clone, Debug)]
pub struct PolicyView {
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    /// What the unit says itself.
    pub own: Policy,
    /// What holds in it.
    pub effective: Policy,
}

const UNIT: &str = "SELECT id, name, path FROM org_unit WHERE id = $1 AND removed_at IS NULL";

/// What a unit says, and what holds in it; of the organisation when none is named.
///
/// # Errors
/// Not found outside the actor's scope.
pub async fn policy(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
) -> Result<PolicyView, Error> {
    let unit = match unit {
        Some(unit) => unit.clone(),
        None => org::root(core).await?.id,
    };
    let input = (unit, actor.clone());
    core.db()
        .read(input, |tx, (unit, actor)| {
            Box::pin(async move {
                let row = tx.fetch_optional(UNIT, args![unit]).await?;
                let row = row.ok_or_else(|| Error::not_found("organisational unit"))?;
                let path = row.text(2)?;
                authorize(actor, Permission::DevicesRead, &path)?;
                Ok::<_, Error>(PolicyView {
                    unit_id: OrgUnitId::from_store(row.text(0)?),
                    unit_name: row.text(1)?,
                    own: own_of_in(tx, unit.as_str()).await?,
                    effective: effective_in(tx, &path).await?,
                })
            })
        })
        .await
}

/// Replaces what a unit says; an empty policy says nothing.
///
/// # Errors
/// Not found outside the scope; forbidden without `settings.write`; fresh sign-in needed; invalid for an act that
/// does not exist.
pub async fn set_policy(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
    new: Policy,
) -> Result<PolicyView, Error> {
    const PUT: &str = "INSERT INTO self_service_policy (org_unit_id, policy, updated_at) \
        VALUES ($1, $2, $3) ON CONFLICT (org_unit_id) DO UPDATE SET policy = excluded.policy, \
        updated_at = excluded.updated_at";
    const CLEAR: &str = "DELETE FROM self_service_policy WHERE org_unit_id = $1";
    let unit = match unit {
        Some(unit) => unit.clone(),
        None => org::root(core).await?.id,
    };
    let input = (unit.clone(), actor.clone(), new, core.now_ms());
    core.db()
        .write(input, |tx, (unit, actor, new, now)| {
            Box::pin(async move {
                let row = tx.fetch_optional(UNIT, args![unit]).await?;
                let row = row.ok_or_else(|| Error::not_found("organisational unit"))?;
                authorize(actor, Permission::SettingsWrite, row.str(2)?)?;
                require_fresh(actor, *now)?;
                new.check()?;
                let before = own_of_in(tx, unit.as_str()).await?;
                if before == *new {
                    return Ok(());
                }
                if *new == Policy::default() {
                    tx.execute(CLEAR, args![unit]).await?;
                } else {
                    let text = serde_json::to_string(new).map_err(|error| {
                        Error::internal("A policy cannot be written.").caused_by(error)
                    })?;
                    tx.execute(PUT, args![unit, text, *now]).await?;
                }
                let id = unit.as_str();
                let event = NewEvent::done("self_service.change", "org_unit", id, id)
                    .with(json!({ "before": before, "after": new }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    policy(core, actor, Some(&unit)).await
}

async fn own_of_in(tx: &Tx, unit: &str) -> Result<Policy, Error> {
    const OWN: &str = "SELECT policy FROM self_service_policy WHERE org_unit_id = $1";
    match tx.fetch_optional(OWN, args![unit]).await? {
        Some(row) => read(row.str(0)?),
        None => Ok(Policy::default()),
    }
}

/// What holds in the unit at `path`.
pub(super) async fn effective_in(tx: &Tx, path: &str) -> Result<Policy, Error> {
    const ON_THE_WAY: &str = "SELECT p.policy FROM self_service_policy p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE substr($1, 1, length(u.path)) = u.path \
        ORDER BY length(u.path)";
    let rows = tx.fetch_all(ON_THE_WAY, args![path]).await?;
    let policies = rows.iter().map(|row| read(row.str(0)?));
    let policies = policies.collect::<Result<Vec<_>, _>>()?;
    Ok(Policy::effective(&policies))
}

fn read(text: &str) -> Result<Policy, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::internal("The stored policy of a unit cannot be read.").caused_by(error)
    })
}
