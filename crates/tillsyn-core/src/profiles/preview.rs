//! What one device would get of a version: values in place, secrets masked.

use std::collections::BTreeMap;

use tillsyn_db::args;
use zeroize::Zeroizing;

use super::store;
use super::variables;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DeviceId, ProfileId};
use crate::platform::apple;

/// A version as it would be delivered.
#[derive(Clone, Debug)]
pub struct DevicePreview {
    /// A property list. What is made at delivery is named, not shown.
    pub plist: String,
    /// Variables that the device has no value for; they stand in the list as they are written.
    pub missing: Vec<String>,
}

/// A published version, expanded for the device's own channel.
///
/// # Errors
/// Not found outside the actor's scope; a conflict while the device is not enrolled.
pub async fn preview_for_device(
    core: &Core,
    actor: &Actor,
    id: &ProfileId,
    number: i64,
    device: &DeviceId,
) -> Result<DevicePreview, Error> {
    type Found = (Zeroizing<Vec<u8>>, BTreeMap<String, String>);
    const DEVICE: &str = "SELECT u.path, ch.id FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN enrollment e ON e.id = d.enrollment_id AND e.status = 'active' \
        LEFT JOIN channel ch ON ch.enrollment_id = e.id AND ch.name = 'device' \
        AND ch.ended_at IS NULL WHERE d.device_id = $1";
    may(actor, Permission::DevicesRead)?;
    let keys = core.keys().clone();
    let input = (keys, actor.clone(), id.clone(), number, device.clone());
    let (plain, values): Found = core
        .db()
        .read(input, |tx, (keys, actor, id, number, device)| {
            Box::pin(async move {
                store::load_in(tx, actor, Permission::ProfilesRead, id).await?;
                let missing = || Error::not_found("device");
                let row = tx.fetch_optional(DEVICE, args![device]).await?;
                let row = row.ok_or_else(missing)?;
                authorize(actor, Permission::DevicesRead, &row.text(0)?).map_err(|_| missing())?;
                let channel = row.opt_text(1)?.ok_or_else(|| {
                    Error::conflict("not_enrolled", "The device is not enrolled.")
                })?;
                let version = store::version_in(tx, keys, id, *number).await?;
                let mut values = variables::values_in(tx, vec![channel.clone()]).await?;
                let values = values.remove(&channel).unwrap_or_default();
                Ok::<_, Error>((version.content.plain, values))
            })
        })
        .await?;
    let (plist, missing) = apple::preview(core, &plain, values)?;
    Ok(DevicePreview { plist, missing })
}
