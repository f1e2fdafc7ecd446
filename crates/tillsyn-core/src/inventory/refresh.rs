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

/// Asks several devices for their state; what waits already is not doubled. Answers how many are asked, and how
/// many cannot answer now.
///
/// # Errors
/// Not found when one is outside the scope; forbidden without the right to ask; overloaded when a queue is full.
pub async fn ask_several(
    core: &Core,
    actor: &Actor,
    devices: Vec<DeviceId>,
) -> Result<(usize, usize), Error> {
    let request = InventoryKind::Device.request(false)?;
    let all = devices.len();
    let preview = commands::preview(core, actor, devices, request.clone()).await?;
    let able = preview.targets.into_iter().filter(|t| t.refused.is_none());
    let able: Vec<DeviceId> = able.map(|target| target.device_id).collect();
    let asked = able.len();
    if asked > 0 {
        let new = NewCommand {
            devices: able,
            request,
            profile: None,
            reason: None,
            confirmation: Confirmation::default(),
        };
        commands::enqueue(core, actor, new).await?;
    }
    Ok((asked, all.saturating_sub(asked)))
}
