//! Whose a device is.

use serde_json::json;
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, PersonId};
use crate::plans::{Change, change_directly};
use crate::search::words;
use crate::self_service::{self, Whose};

/// Gives a device to a person, or takes it from whoever has it.
///
/// # Errors
/// `plan_required` when somebody should look first; see [`change_directly`].
pub async fn set_device_person(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    person: Option<&PersonId>,
) -> Result<(), Error> {
    let change = Change::SetDevicePerson {
        device_id: device.to_string(),
        person_id: person.map(ToString::to_string),
    };
    change_directly(core, actor, change).await?;
    Ok(())
}

/// The bare change with its event; false when the device is that person's already.
pub(crate) async fn set_device_person_in(
    tx: &Tx,
    actor: &Actor,
    device: &DeviceId,
    person: Option<&PersonId>,
    now_ms: i64,
) -> Result<bool, Error> {
    const DEVICE: &str = "SELECT d.org_unit_id, u.path, s.person_id, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id JOIN device_summary s ON s.device_id = d.id \
        WHERE d.id = $1";
    const PERSON: &str = "SELECT u.path, p.status, p.name FROM person p \
        JOIN org_unit u ON u.id = p.org_unit_id WHERE p.id = $1";
    const ENROLLMENT: &str =
        "UPDATE enrollment SET person_id = $2 WHERE device_id = $1 AND status = 'active'";
    const SUMMARY: &str = "UPDATE device_summary SET person_id = $2, person_name = $3, \
        updated_at = $4 WHERE device_id = $1";
    let row = tx
        .fetch_optional(DEVICE, args![device])
        .await?
        .ok_or_else(|| Error::not_found("device"))?;
    let (unit, before) = (row.text(0)?, row.opt_text(2)?);
    authorize_device(actor, Permission::PeopleWrite, row.str(1)?, row.str(3)?)?;
    let mut name = None;
    if let Some(id) = person {
        let row = tx
            .fetch_optional(PERSON, args![id])
            .await?
            .ok_or_else(|| Error::not_found("person"))?;
        authorize(actor, Permission::PeopleWrite, &row.text(0)?)?;
        super::refuse_inactive(&row.text(1)?)?;
        name = Some(row.text(2)?);
    }
    let after = person.map(PersonId::as_str);
    if before.as_deref() == after {
        return Ok(false);
    }
    tx.execute(ENROLLMENT, args![device, after]).await?;
    tx.execute(SUMMARY, args![device, after, name, now_ms])
        .await?;
    words::index_in(tx, &[device.to_string()]).await?;
    self_service::withdraw_in(tx, actor, Whose::Device(device.as_str()), now_ms).await?;
    let event = NewEvent::done("device.person", "device", device.as_str(), &unit)
        .with(json!({"before": {"person": before}, "after": {"person": after}}));
    events::record(tx, actor, now_ms, event).await?;
    Ok(true)
}
