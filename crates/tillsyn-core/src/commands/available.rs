//! Which commands a device can take, and for each that it cannot, why.

use tillsyn_db::Tx;

use super::catalogue::CommandType;
use super::channel::Channel;
use super::store::{self, Target};
use crate::actor::{Actor, Permission, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;
use crate::platform::apple;

/// One type of command, as this device and this actor stand.
#[derive(Debug)]
pub struct Available {
    pub kind: &'static CommandType,
    /// Why not, as a stable code and in words; `None` when it can be sent.
    pub refused: Option<(&'static str, String)>,
}

/// Every type of command with what this device says to it.
///
/// # Errors
/// Not found outside the actor's scope.
pub async fn available(
    core: &Core,
    actor: &Actor,
    device_id: &DeviceId,
    channel: &Channel,
) -> Result<Vec<Available>, Error> {
    let input = (device_id.clone(), channel.clone(), core.keys().clone());
    let (target, missing) = core
        .db()
        .read(input, |tx: &Tx, (id, channel, keys)| {
            Box::pin(async move {
                let ids = vec![id.as_str().to_owned()];
                let targets = store::targets_in(tx, ids, channel).await?;
                let target = targets
                    .into_iter()
                    .next()
                    .ok_or_else(|| Error::not_found("device"))?;
                let mut missing = Vec::new();
                for kind in CommandType::all() {
                    if let Err(error) =
                        apple::check_escrow_in(tx, keys, kind.name, &target.device_id).await?
                    {
                        missing.push((kind.name, error));
                    }
                }
                Ok::<_, Error>((target, missing))
            })
        })
        .await?;
    authorize_device(
        actor,
        Permission::DevicesRead,
        &target.unit_path,
        &target.platform,
    )?;
    Ok(CommandType::all()
        .iter()
        .map(|kind| Available {
            kind,
            refused: refused(actor, kind, &target).or_else(|| {
                let (_, why) = missing.iter().find(|(name, _)| *name == kind.name)?;
                Some(why.clone())
            }),
        })
        .collect())
}

fn refused(
    actor: &Actor,
    kind: &'static CommandType,
    target: &Target,
) -> Option<(&'static str, String)> {
    let Some(enrollment) = &target.enrollment else {
        return Some(target.unreachable());
    };
    if let Err(refused) = apple::check_type(kind.name, target, enrollment) {
        return Some(refused);
    }
    // What the device cannot do is the better reason: no other person could send it either.
    (!actor.holds(kind.permission)).then(|| {
        (
            "permission_missing",
            format!("This needs the permission {}.", kind.permission.as_str()),
        )
    })
}
