//! A new secret in place of one that somebody saw, where Apple allows it. The command goes through the one
//! door, which keeps the new secret before it can reach the device; both stay.

use serde_json::json;
use tillsyn_pki::hash;

use super::Kind;
use crate::actor::Actor;
use crate::commands::{self, Confirmation, Enqueued, NewCommand, Request};
use crate::core::Core;
use crate::error::{self, Error};
use crate::ids::DeviceId;

/// Without letters and digits that look alike: people type it at a keyboard they do not know.
const LETTERS: &str = "abcdefghjkmnpqrstuvwxyz23456789";
const LENGTH: usize = 20;

/// Whether a device can be given a new secret of this kind.
pub fn can_rotate(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::FileVaultKey | Kind::RecoveryLockPassword | Kind::FirmwarePassword
    )
}

/// Asks the device to take a new secret.
///
/// # Errors
/// Not capable for kinds that cannot change; otherwise what the door says.
pub async fn rotate(
    core: &Core,
    actor: &Actor,
    device_id: &DeviceId,
    kind: Kind,
    reason: &str,
) -> Result<Enqueued, Error> {
    let request = match kind {
        Kind::RecoveryLockPassword => set_password("SetRecoveryLock")?,
        Kind::FirmwarePassword => set_password("SetFirmwarePassword")?,
        Kind::FileVaultKey => {
            Request::form("RotateFileVaultKey", json!({ "key_type": "personal" }))?
        }
        _ => {
            return Err(Error::new(
                error::Kind::NotCapable,
                "not_rotatable",
                "Devices offer no way to change a secret of this kind.",
            ));
        }
    };
    let new = NewCommand {
        devices: vec![device_id.clone()],
        request,
        profile: None,
        reason: Some(reason.to_owned()),
        confirmation: Confirmation::default(),
    };
    commands::enqueue(core, actor, new).await
}

fn set_password(request_type: &str) -> Result<Request, Error> {
    let password = hash::random_code(LETTERS, LENGTH);
    Request::form(request_type, json!({ "new_password": password }))
}
