//! Devices by their serial numbers, as a list from outside names them.

use std::collections::HashMap;

use tillsyn_db::args;

use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// What a list names.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub devices: Vec<DeviceId>,
    /// Serial numbers of no device that the actor reaches.
    pub unknown: Vec<String>,
}

/// Finds the devices of the actor's scope with these serial numbers.
pub async fn resolve(core: &Core, actor: &Actor, serials: Vec<String>) -> Result<Resolved, Error> {
    const FIND: &str = "SELECT d.serial_number, d.device_id, u.path, d.platform FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.serial_number {ids}";
    may(actor, Permission::DevicesRead)?;
    let mut wanted = serials;
    wanted.sort_unstable();
    wanted.dedup();
    // More are refused by whoever uses them.
    wanted.truncate(super::MOST + 1);
    if wanted.is_empty() {
        return Ok(Resolved::default());
    }
    let input = (actor.clone(), wanted);
    core.db()
        .read(input, |tx, (actor, wanted)| {
            Box::pin(async move {
                let mut found = HashMap::new();
                for row in tx.fetch_all_in(FIND, wanted.clone(), args![]).await? {
                    if actor.reaches_device(row.str(2)?, row.str(3)?) {
                        found.insert(row.text(0)?, DeviceId::from_store(row.text(1)?));
                    }
                }
                let mut resolved = Resolved::default();
                for serial in wanted {
                    match found.remove(serial) {
                        Some(device) => resolved.devices.push(device),
                        None => resolved.unknown.push(serial.clone()),
                    }
                }
                Ok(resolved)
            })
        })
        .await
}
