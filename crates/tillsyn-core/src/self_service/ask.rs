//! Asking for an act on one's own device, and taking it back.

use serde_json::json;
use tillsyn_db::{Row, args};

use super::admit::reach_in;
use crate::actor::Actor;
use crate::commands::store::shown_name;
use crate::commands::{self, Confirmation, Enqueued, NewCommand, Request};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::ids::{CommandId, DeviceId};
use crate::platform::apple;

/// What a person wants of their device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    CheckIn,
    /// With words and a number for whoever finds it.
    Lock {
        message: Option<String>,
        phone_number: Option<String>,
    },
    LostOn {
        message: Option<String>,
        phone_number: Option<String>,
    },
    LostOff,
    Remove,
    Erase,
    ClearPasscode,
}

/// What they said to it.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub reason: Option<String>,
    /// The device's name, typed: what they call it themselves will do.
    pub typed: Option<String>,
}

/// Asks for it through the one door, which checks the policy, the proofs and the guard.
///
/// # Errors
/// Not found for a device that is not theirs; forbidden by the policy; not capable; as
/// [`commands::enqueue`] for the proofs.
pub async fn act(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    wanted: Wanted,
    said: Said,
) -> Result<Enqueued, Error> {
    let known = known(core, actor, device).await?;
    let request = request(wanted, known.enrollment_profile.as_deref())?;
    let typed = said.typed.map(|typed| match &known.label {
        Some(label) if typed.trim() == label => known.name.clone(),
        _ => typed,
    });
    let new = NewCommand {
        devices: vec![device.clone()],
        request,
        profile: None,
        reason: said.reason,
        confirmation: Confirmation {
            typed,
            targets_digest: None,
        },
    };
    commands::enqueue(core, actor, new).await
}

/// Takes back what they asked for themselves, as long as the device did not fetch it.
///
/// # Errors
/// Not found for a command that is not theirs; a conflict when it is too late.
pub async fn cancel(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    command: &CommandId,
) -> Result<(), Error> {
    const OF: &str = "SELECT 1 FROM command WHERE id = $1 AND device_id = $2";
    known(core, actor, device).await?;
    let found = core.db().query_optional(OF, args![command, device]).await?;
    found.ok_or_else(|| Error::not_found("command"))?;
    commands::cancel_command(core, actor, command).await
}

fn request(wanted: Wanted, enrollment_profile: Option<&str>) -> Result<Request, Error> {
    match wanted {
        Wanted::CheckIn => Ok(Request::DeviceInformation {}),
        Wanted::Lock {
            message,
            phone_number,
        } => Ok(Request::of("DeviceLock", words(message, phone_number))?.0),
        Wanted::LostOn {
            message,
            phone_number,
        } => {
            let words = words(message, phone_number);
            if words.is_empty() {
                return Err(Error::invalid(
                    "message",
                    "lost_words_missing",
                    "Type a message or a telephone number for whoever finds it.",
                ));
            }
            Ok(Request::of("EnableLostMode", words)?.0)
        }
        Wanted::LostOff => Request::form("DisableLostMode", json!({})),
        Wanted::Remove => match enrollment_profile {
            None => Err(Error::new(
                Kind::NotCapable,
                "not_enrolled",
                "The device is not enrolled.",
            )),
            Some("") => {
                let (code, why) = apple::own_profile_unknown();
                Err(Error::new(Kind::NotCapable, code, why))
            }
            Some(identifier) => Ok(Request::RemoveProfile {
                identifier: identifier.to_owned(),
            }),
        },
        Wanted::Erase => Request::form("EraseDevice", json!({})),
        Wanted::ClearPasscode => Request::form("ClearPasscode", json!({})),
    }
}

fn words(
    message: Option<String>,
    phone: Option<String>,
) -> serde_json::Map<String, serde_json::Value> {
    let given = [("message", message), ("phone_number", phone)];
    let given = given.into_iter().filter_map(|(name, text)| {
        let text = text.map(|text| text.trim().to_owned());
        Some((
            name.to_owned(),
            json!(text.filter(|text| !text.is_empty())?),
        ))
    });
    given.collect()
}

struct Known {
    name: String,
    label: Option<String>,
    enrollment_profile: Option<String>,
}

async fn known(core: &Core, actor: &Actor, device: &DeviceId) -> Result<Known, Error> {
    const FIND: &str = "SELECT d.name, d.serial_number, l.label, e.profile_identifier \
        FROM device_summary d \
        LEFT JOIN device_label l ON l.device_id = d.device_id AND l.person_id = d.person_id \
        LEFT JOIN enrollment e ON e.device_id = d.device_id AND e.status = 'active' \
        WHERE d.device_id = $1";
    let row: Row = core
        .db()
        .read((device.clone(), actor.clone()), |tx, (device, actor)| {
            Box::pin(async move {
                reach_in(tx, actor, device.as_str()).await?;
                Ok::<_, Error>(tx.fetch_one(FIND, args![device]).await?)
            })
        })
        .await?;
    let (name, serial) = (row.opt_text(0)?, row.opt_text(1)?);
    Ok(Known {
        name: shown_name(name.as_deref(), serial.as_deref(), device.as_str()),
        label: row.opt_text(2)?,
        enrollment_profile: row.opt_text(3)?,
    })
}
