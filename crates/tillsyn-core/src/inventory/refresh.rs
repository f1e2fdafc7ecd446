//! A person asks a device for everything it tells.

use super::kind::InventoryKind;
use crate::actor::Actor;
use crate::commands::{self, Confirmation, Enqueued, NewCommand};
use crate::core::Core;
use crate::devices;
use crate::error::{Error, Kind};
use crate::ids::DeviceId;

/// Puts every question that the device can answer; those that wait already are not doubled.
///
/// # Errors
/// Not found outside the scope; not capable when it can answer none of them.
pub async fn refresh(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<Vec<Enqueued>, Error> {
    let found = devices::device(core, actor, device).await?;
    let personal = found.row.ownership.as_deref() == Some("personal");
    let own_known = found
        .enrollment_profile_identifier
        .is_none_or(|own| !own.is_empty());
    let mut put = Vec::new();
    let mut refused = None;
    for kind in InventoryKind::ALL {
        let new = NewCommand {
            devices: vec![device.clone()],
            request: kind.request(kind.is_narrowed(personal, own_known))?,
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
        };
        match commands::enqueue(core, actor, new).await {
            Ok(enqueued) => put.push(enqueued),
            Err(error) if error.kind == Kind::NotCapable => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    match refused {
        Some(error) if put.is_empty() => Err(error),
        _ => Ok(put),
    }
}
