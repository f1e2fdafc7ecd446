//! Removing a unit: only an empty one goes. Its row stays, marked: events keep their place by it.

use serde_json::json;
use tillsyn_db::{Tx, args};

use super::tree::find_in;
use crate::actor::{Actor, Permission, authorize};
use crate::branding;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;

/// What lies in a unit itself and keeps it from being removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Contents {
    pub units: i64,
    pub devices: i64,
    pub people: i64,
    pub groups: i64,
    /// Accounts, own roles, and API tokens that are limited to it.
    pub accounts: i64,
    /// Those that could still enroll a device.
    pub invitations: i64,
    pub profiles: i64,
    /// Of the unit, or that name it as their target.
    pub assignments: i64,
    /// Push certificates, requests for them, vendor certificates, trusted authorities.
    pub certificates: i64,
}

/// Removes a unit in which nothing is left.
pub async fn remove_unit(core: &Core, actor: &Actor, id: &OrgUnitId) -> Result<(), Error> {
    const REMOVE: &str = "UPDATE org_unit SET removed_at = $2, updated_at = $2 WHERE id = $1";
    let input = (id.clone(), actor.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (id, actor, now)| {
            Box::pin(async move {
                let found = find_in(tx, id.as_str()).await?;
                authorize(actor, Permission::UnitsWrite, &found.path)?;
                if found.path == format!("{id}/") {
                    return Err(Error::conflict(
                        "unit_is_root",
                        "The organisation itself cannot be removed.",
                    ));
                }
                let contents = contents_in(tx, id.as_str(), *now).await?;
                if contents != Contents::default() {
                    return Err(Error::conflict(
                        "unit_not_empty",
                        "Something lies in this unit still; move or remove it first.",
                    )
                    .with_data(json!({"contents": contents})));
                }
                tx.execute(REMOVE, args![id, *now]).await?;
                branding::remove_in(tx, id).await?;
                let event = NewEvent::done("unit.remove", "org_unit", id.as_str(), id.as_str())
                    .with(json!({"before": {"name": found.name, "path": found.path}}));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

async fn contents_in(tx: &Tx, id: &str, now_ms: i64) -> Result<Contents, Error> {
    const COUNT: &str = "SELECT \
        (SELECT count(*) FROM org_unit WHERE parent_id = $1 AND removed_at IS NULL), \
        (SELECT count(*) FROM device WHERE org_unit_id = $1), \
        (SELECT count(*) FROM person WHERE org_unit_id = $1), \
        (SELECT count(*) FROM device_group WHERE org_unit_id = $1), \
        (SELECT count(*) FROM account WHERE org_unit_id = $1) \
        + (SELECT count(*) FROM role WHERE org_unit_id = $1) \
        + (SELECT count(*) FROM api_token WHERE org_unit_id = $1 AND revoked_at IS NULL), \
        (SELECT count(*) FROM invitation WHERE org_unit_id = $1 AND status <> 'revoked' \
        AND expires_at > $2), \
        (SELECT count(*) FROM profile WHERE org_unit_id = $1), \
        (SELECT count(*) FROM assignment WHERE org_unit_id = $1) + (SELECT count(*) \
        FROM assignment_target WHERE target_kind = 'org_unit' AND target_id = $1), \
        (SELECT count(*) FROM push_topic WHERE org_unit_id = $1) \
        + (SELECT count(*) FROM push_csr WHERE org_unit_id = $1) \
        + (SELECT count(*) FROM push_vendor WHERE org_unit_id = $1) \
        + (SELECT count(*) FROM device_authority WHERE org_unit_id = $1 AND removed_at IS NULL)";
    let row = tx.fetch_one(COUNT, args![id, now_ms]).await?;
    Ok(Contents {
        units: row.i64(0)?,
        devices: row.i64(1)?,
        people: row.i64(2)?,
        groups: row.i64(3)?,
        accounts: row.i64(4)?,
        invitations: row.i64(5)?,
        profiles: row.i64(6)?,
        assignments: row.i64(7)?,
        certificates: row.i64(8)?,
    })
}
