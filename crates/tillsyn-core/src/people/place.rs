//! Where people belong: moving several to another unit, and the devices that are theirs with them.

use std::collections::BTreeSet;

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{OrgUnitId, PersonId};
use crate::plans::{Change, change_directly};
use crate::units::find_in;

/// People that one move names.
const MOST: usize = 1_000;

/// The change that moves people; with the devices of theirs that the actor reaches, when those go along.
/// A device elsewhere stays: whoever rules there decides about it.
pub async fn moving(
    core: &Core,
    actor: &Actor,
    people: &[PersonId],
    unit: &OrgUnitId,
    with_devices: bool,
) -> Result<Change, Error> {
    const DEVICES: &str = "SELECT d.id, u.path, d.platform FROM device_summary s \
        JOIN device d ON d.id = s.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE s.person_id {ids}";
    let person_ids: BTreeSet<String> = people.iter().map(ToString::to_string).collect();
    let mut device_ids = BTreeSet::new();
    if with_devices && !person_ids.is_empty() {
        let ids: Vec<String> = person_ids.iter().cloned().collect();
        let found = core.db().read(ids, |tx, ids| {
            Box::pin(async move {
                let rows = tx.fetch_all_in(DEVICES, ids.clone(), args![]).await?;
                Ok::<_, Error>(rows)
            })
        });
        for row in found.await? {
            if actor.reaches_device(row.str(1)?, row.str(2)?) {
                device_ids.insert(row.text(0)?);
            }
        }
    }
    Ok(Change::MovePeople {
        person_ids: person_ids.into_iter().collect(),
        device_ids: device_ids.into_iter().collect(),
        unit_id: unit.to_string(),
    })
}

/// Moves people to another unit, all or none.
///
/// # Errors
/// `plan_required` when somebody should look first; see [`change_directly`].
pub async fn move_people(
    core: &Core,
    actor: &Actor,
    people: &[PersonId],
    unit: &OrgUnitId,
    with_devices: bool,
) -> Result<(), Error> {
    let change = moving(core, actor, people, unit, with_devices).await?;
    change_directly(core, actor, change).await?;
    Ok(())
}

/// The bare move with its event; answers who was elsewhere before. Their groups and invitations stay.
pub(crate) async fn move_in(
    tx: &Tx,
    actor: &Actor,
    people: &[String],
    unit: &OrgUnitId,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const FIND: &str = "SELECT p.id, p.org_unit_id, u.path FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.status <> 'erased' AND p.id {ids}";
    const MOVE: &str = "UPDATE person SET org_unit_id = $1, updated_at = $2 WHERE id {ids}";
    let target = find_in(tx, unit.as_str()).await?;
    authorize(actor, Permission::PeopleWrite, &target.path)?;
    let wanted: BTreeSet<String> = people.iter().cloned().collect();
    if wanted.is_empty() || wanted.len() > MOST {
        let text = format!("One move names 1 to {MOST} people.");
        return Err(Error::invalid("person_ids", "people_many", text));
    }
    let ids = wanted.iter().cloned().collect();
    let rows = tx.fetch_all_in(FIND, ids, args![]).await?;
    if rows.len() != wanted.len() {
        return Err(Error::not_found("person"));
    }
    let mut moved = Vec::new();
    let mut from = BTreeSet::new();
    for row in &rows {
        authorize(actor, Permission::PeopleWrite, row.str(2)?)?;
        let before = row.text(1)?;
        if before != unit.as_str() {
            moved.push(row.text(0)?);
            from.insert(before);
        }
    }
    moved.sort_unstable();
    if moved.is_empty() {
        return Ok(moved);
    }
    tx.execute_in(MOVE, moved.clone(), args![unit, now_ms])
        .await?;
    let details = json!({
        "before": {"units": from}, "after": {"unit": unit}, "people": moved.len(),
        "digest": tillsyn_pki::hash::sha256_hex(moved.join("\n").as_bytes()),
    });
    let event = match moved.as_slice() {
        [one] => NewEvent::done("person.move", "person", one, unit.as_str()),
        _ => NewEvent::done("person.move", "org_unit", unit.as_str(), unit.as_str()),
    };
    events::record(tx, actor, now_ms, event.with(details)).await?;
    Ok(moved)
}
