//! `SetBootstrapToken` and `GetBootstrapToken`: the token belongs to the enrollment, is kept sealed, and
//! ends with it (core sheet §10).

use serde_json::json;
use tillsyn_apple::checkin::{GetBootstrapToken, SetBootstrapToken};
use tillsyn_db::Tx;

use super::answer::DeviceAnswer;
use super::check_in::Context;
use crate::actor::Actor;
use crate::error::Error;
use crate::escrow::{self, Kind, NewSecret};
use crate::events::{self, NewEvent};

use super::sender::SenderEnrollment;

/// Whether an old message of this kind could do harm: it would put an old token in the place of a newer
/// one. Where none is held, the same token may come again.
pub(super) async fn replay_is_harmful(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    message: &SetBootstrapToken,
) -> Result<bool, Error> {
    let Some(device) = enrollment
        .device_id
        .as_deref()
        .filter(|_| message.bootstrap_token.is_some())
    else {
        return Ok(false);
    };
    let held = escrow::newest_in(tx, &context.keys, device, Kind::BootstrapToken).await?;
    Ok(held.is_some())
}

/// Keeps, replaces or deletes the token.
pub(super) async fn set(
    tx: &Tx,
    context: &Context,
    enrollment: &SenderEnrollment,
    device_id: &str,
    message: &SetBootstrapToken,
) -> Result<DeviceAnswer, Error> {
    let now = context.now_ms;
    let held = escrow::newest_in(tx, &context.keys, device_id, Kind::BootstrapToken).await?;
    let offered = message
        .bootstrap_token
        .as_ref()
        .map(tillsyn_apple::Sensitive::expose);
    if held.as_ref().map(escrow::Secret::expose) == offered.map(Vec::as_slice) {
        return Ok(DeviceAnswer::Empty);
    }
    let act = match offered {
        None => {
            escrow::forget_in(tx, &enrollment.id, Kind::BootstrapToken).await?;
            "deleted"
        }
        Some(token) => {
            let new = NewSecret {
                device_id,
                enrollment_id: Some(&enrollment.id),
                kind: Kind::BootstrapToken,
                label: None,
                secret: token,
                source: SetBootstrapToken::MESSAGE_TYPE,
            };
            escrow::put_in(tx, &context.keys, new, now).await?;
            "set"
        }
    };
    let actor = Actor::device(device_id, context.address.clone());
    let unit = &enrollment.org_unit_id;
    let event = NewEvent::done("device.bootstrap_token", "device", device_id, unit)
        .with(json!({ "enrollment_id": enrollment.id, "act": act }));
    events::record(tx, &actor, now, event).await?;
    Ok(DeviceAnswer::Empty)
}

/// Hands the token back; a device without one hears so, which is no error.
pub(super) async fn get(
    tx: &Tx,
    context: &Context,
    device_id: &str,
) -> Result<DeviceAnswer, Error> {
    let held = escrow::newest_in(tx, &context.keys, device_id, Kind::BootstrapToken).await?;
    let token = held.as_ref().map_or(&[][..], escrow::Secret::expose);
    Ok(DeviceAnswer::Plist(GetBootstrapToken::reply(Some(token))))
}
