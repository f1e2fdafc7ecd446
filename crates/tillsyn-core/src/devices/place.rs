//! Where devices belong: moving them to another unit.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::guard::{Leaving, refuse_leaving_in, remember_in};
use crate::ids::{DeviceId, OrgUnitId};
use crate::plans::{Change, change_directly};
use crate::units::find_in;

/// Devices that one move names.
const MOST: usize = 1_000;

/// Moves devices to another unit, all or none.
///
/// # Errors
/// `plan_required` when somebody should look first; see [`change_directly`].
pub async fn move_devices(
    core: &Core,
    actor: &Actor,
    devices: Vec<DeviceId>,
    unit: &OrgUnitId,
) -> Result<(), Error> {
    let change = Change::MoveDevice {
        device_ids: devices.iter().map(ToString::to_string).collect(),
        unit_id: unit.to_string(),
    };
    change_directly(core, actor, change).await?;
    Ok(())
}

/// The bare move with its event; answers which devices were elsewhere before. What belongs to a device
/// goes with it: enrollments, commands. What was recorded stays where it happened.
pub(crate) async fn move_in(
    tx: &Tx,
    actor: &Actor,
    devices: &[String],
    unit: &OrgUnitId,
    now_ms: i64,
) -> Result<Vec<String>, Error> {
    const FIND: &str = "SELECT d.id, d.org_unit_id, u.path, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.id {ids}";
    const DEVICE: &str = "UPDATE device SET org_unit_id = $1, updated_at = $2 WHERE id {ids}";
    const SUMMARY: &str =
        "UPDATE device_summary SET org_unit_id = $1, updated_at = $2 WHERE device_id {ids}";
    const ENROLLMENT: &str = "UPDATE enrollment SET org_unit_id = $1 WHERE device_id {ids}";
    const COMMAND: &str = "UPDATE command SET org_unit_id = $1 WHERE device_id {ids}";
    const UNLOCK: &str = "UPDATE activation_unlock SET org_unit_id = $1 WHERE device_id {ids}";
    let target = find_in(tx, unit.as_str()).await?;
    authorize(actor, Permission::UnitsWrite, &target.path)?;
    let wanted: BTreeSet<String> = devices.iter().cloned().collect();
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(Error::invalid(
            "device_ids",
            "devices_many",
            format!("One move names 1 to {MOST} devices."),
        ));
    }
    let rows = tx
        .fetch_all_in(FIND, wanted.iter().cloned().collect(), args![])
        .await?;
    if rows.len() != wanted.len() {
        return Err(Error::not_found("device"));
    }
    let mut moved = Vec::new();
    let mut from = BTreeSet::new();
    let mut paths = BTreeSet::new();
    let mut leaving: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows {
        authorize_device(actor, Permission::UnitsWrite, row.str(2)?, row.str(3)?)?;
        paths.insert(row.text(2)?);
        let before = row.text(1)?;
        if before != unit.as_str() {
            moved.push(row.text(0)?);
            leaving.entry(row.text(2)?).or_default().push(row.text(0)?);
            from.insert(before);
        }
    }
    moved.sort_unstable();
    if moved.is_empty() {
        return Ok(moved);
    }
    refuse_leaving_in(
        tx,
        actor,
        paths.iter().map(String::as_str),
        &target.path,
        None,
    )
    .await?;
    for (path, devices) in &leaving {
        let devices = Leaving::Devices(devices);
        remember_in(tx, devices, path, &target.path, now_ms).await?;
    }
    for sql in [DEVICE, SUMMARY] {
        tx.execute_in(sql, moved.clone(), args![unit, now_ms])
            .await?;
    }
    for sql in [ENROLLMENT, COMMAND, UNLOCK] {
        tx.execute_in(sql, moved.clone(), args![unit]).await?;
    }
    let details = json!({
        "before": {"units": from}, "after": {"unit": unit}, "devices": moved.len(),
        "digest": tillsyn_pki::hash::sha256_hex(moved.join("\n").as_bytes()),
    });
    let event = match moved.as_slice() {
        [one] => NewEvent::done("device.move", "device", one, unit.as_str()),
        _ => NewEvent::done("device.move", "org_unit", unit.as_str(), unit.as_str()),
    };
    events::record(tx, actor, now_ms, event.with(details)).await?;
    Ok(moved)
}
