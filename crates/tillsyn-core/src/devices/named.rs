//! Several devices by their ids, in one statement.

use std::collections::BTreeMap;

use tillsyn_db::args;

use super::reach::Reached;
use crate::actor::{Actor, Permission, may};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// A device as it is called, and where it belongs.
#[derive(Clone, Debug)]
pub struct NamedDevice {
    pub id: DeviceId,
    pub name: String,
    pub unit_name: String,
}

/// These devices by name.
///
/// # Errors
/// Not found when one of them is not, or not for this actor.
pub async fn named(
    core: &Core,
    actor: &Actor,
    ids: &[DeviceId],
) -> Result<Vec<NamedDevice>, Error> {
    const FIND: &str = "SELECT d.device_id, d.name, u.name, u.path, d.platform, d.serial_number FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id {ids} ORDER BY d.name, d.device_id";
    may(actor, Permission::DevicesRead)?;
    let found = core
        .db()
        .read((actor.clone(), texts(ids)), |tx, (actor, ids)| {
            Box::pin(async move {
                let mut found = Vec::new();
                for row in tx.fetch_all_in(FIND, ids.clone(), args![]).await? {
                    if actor.reaches_device(row.str(3)?, row.str(4)?) {
                        let id = row.text(0)?;
                        let (name, serial) = (row.opt_text(1)?, row.opt_text(5)?);
                        found.push(NamedDevice {
                            name: shown_name(name.as_deref(), serial.as_deref(), &id),
                            id: DeviceId::from_store(id),
                            unit_name: row.text(2)?,
                        });
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await?;
    if found.len() == texts(ids).len() {
        return Ok(found);
    }
    Err(Error::not_found("device"))
}

/// Identifier of the profile whose removal retires these devices: that of the first which has one.
///
/// # Errors
/// Not found when one of them is not, or not for this actor; not capable when none has one.
pub async fn retired_by(core: &Core, actor: &Actor, ids: &[DeviceId]) -> Result<String, Error> {
    const FIND: &str = "SELECT d.id, u.path, e.profile_identifier, d.platform FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN enrollment e ON e.device_id = d.id AND e.status = 'active' WHERE d.id {ids}";
    let mut found = core
        .db()
        .read((actor.clone(), texts(ids)), |tx, (actor, ids)| {
            Box::pin(async move {
                let mut found = BTreeMap::new();
                for row in tx.fetch_all_in(FIND, ids.clone(), args![]).await? {
                    if actor.reaches_device(row.str(1)?, row.str(3)?) {
                        found.insert(row.text(0)?, row.opt_text(2)?);
                    }
                }
                Ok::<_, Error>(found)
            })
        })
        .await?;
    let mut refused = Error::not_found("device");
    for id in texts(ids) {
        let profile = found.remove(&id);
        let profile = profile.ok_or_else(|| Error::not_found("device"))?;
        match Reached::of(profile).enrollment_profile() {
            Ok(identifier) => return Ok(identifier),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Each once.
fn texts(ids: &[DeviceId]) -> Vec<String> {
    let mut texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
