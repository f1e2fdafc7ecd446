//! What the door asks of a person who acts over a device of their own.

use tillsyn_db::{Tx, args};

use super::act::{Level, Owner, SelfAct};
use super::set::effective_in;
use crate::actor::Actor;
use crate::commands::Act;
use crate::error::{Error, Kind};
use crate::ids::PersonId;

/// Unfinished commands of a person for one device.
const OWN_LIMIT: i64 = 10;

/// How an act is let.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    Yes,
    /// When an administrator agrees.
    Asked,
}

/// Which of these devices are the actor's own now: theirs, while they and their account are active.
pub(crate) async fn own_in(
    tx: &Tx,
    actor: &Actor,
    devices: Vec<String>,
) -> Result<Vec<String>, Error> {
    const OWN: &str = "SELECT d.device_id FROM device_summary d \
        JOIN person p ON p.id = d.person_id AND p.status = 'active' \
        JOIN account a ON a.person_id = p.id AND a.id = $2 AND a.status = 'active' \
        WHERE d.person_id = $1 AND d.device_id {ids} ORDER BY d.device_id";
    let (Some(person), Some(account)) = (actor.own_person(), &actor.account_id) else {
        return Ok(Vec::new());
    };
    let rows = tx
        .fetch_all_in(OWN, devices, args![person, account])
        .await?;
    rows.iter().map(|row| Ok(row.text(0)?)).collect()
}

/// The one device, or the same answer for somebody else's as for none.
pub(super) async fn reach_in(tx: &Tx, actor: &Actor, device: &str) -> Result<(), Error> {
    match own_in(tx, actor, vec![device.to_owned()]).await?.len() {
        1 => Ok(()),
        _ => Err(Error::not_found("device")),
    }
}

/// How far the unit at `path` lets an act on a device of this ownership.
pub(super) async fn level_in(
    tx: &Tx,
    path: &str,
    ownership: Option<&str>,
    act: SelfAct,
) -> Result<Level, Error> {
    let Some(owner) = ownership.and_then(Owner::parse) else {
        return Ok(Level::Off);
    };
    Ok(effective_in(tx, path).await?.level(owner, act))
}

/// Whether a request on a device of the person's own is let.
///
/// # Errors
/// Forbidden when the policy has it off, or the device is not one to do it to now.
pub(crate) async fn admit_in(
    tx: &Tx,
    actor: &Actor,
    (device, path, ownership): (&str, &str, Option<&str>),
    request_type: &str,
    act: Option<Act>,
) -> Result<Admitted, Error> {
    let Some(own) = SelfAct::of(request_type, act) else {
        return Err(not_let());
    };
    let level = level_in(tx, path, ownership, own).await?;
    if level == Level::Off {
        return Err(not_let());
    }
    // Whoever holds a stolen device may hold the sign-in too: nothing that gives it up or opens it.
    let opens = matches!(own, SelfAct::Remove | SelfAct::ClearPasscode)
        || request_type == "DisableLostMode";
    if opens && is_stolen_in(tx, device).await? {
        return Err(Error::forbidden(
            "device_stolen",
            "This device is marked as stolen. Talk to support first.",
        ));
    }
    // Neither ended nor taken over: what an administrator says on a lost device's screen stays.
    if own == SelfAct::LostMode && lost_by_in(tx, actor, device).await? == LostBy::Others {
        return Err(Error::forbidden(
            "lost_mode_of_others",
            "An administrator turned lost mode on; only they change it.",
        ));
    }
    refuse_too_many_in(tx, actor, device).await?;
    Ok(match level {
        Level::Approval => Admitted::Asked,
        Level::Off | Level::On => Admitted::Yes,
    })
}

/// Where a device of the person's own comes in again.
pub(crate) struct Place {
    pub(crate) unit: String,
    pub(crate) ownership: String,
}

/// Whether they may set it up again.
///
/// # Errors
/// Not found for somebody else's; forbidden when the policy has it off, or the device is marked as stolen or lost.
pub(crate) async fn admit_again_in(tx: &Tx, actor: &Actor, device: &str) -> Result<Place, Error> {
    const FIND: &str = "SELECT d.org_unit_id, d.ownership, u.path, (SELECT count(*) FROM lost_mode m \
        WHERE m.device_id = d.device_id AND m.ended_at IS NULL), d.status FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id = $1";
    reach_in(tx, actor, device).await?;
    let row = tx.fetch_one(FIND, args![device]).await?;
    let (unit, ownership) = (row.text(0)?, row.opt_text(1)?);
    let level = level_in(tx, row.str(2)?, ownership.as_deref(), SelfAct::Reenroll).await?;
    let (Some(ownership), Level::On) = (ownership, level) else {
        return Err(not_let());
    };
    let lost = row.i64(3)? > 0 || row.str(4)? == "lost";
    if lost || is_stolen_in(tx, device).await? {
        return Err(Error::forbidden(
            "device_stolen",
            "This device is marked as stolen or lost. Talk to support first.",
        ));
    }
    Ok(Place { unit, ownership })
}

/// The answer to what is not let, and to what does not exist for people at all.
pub(super) fn not_let() -> Error {
    Error::forbidden(
        "self_service_off",
        "Your organisation does not let people do this themselves. Ask support.",
    )
}

async fn is_stolen_in(tx: &Tx, device: &str) -> Result<bool, Error> {
    const STOLEN: &str = "SELECT 1 FROM device d JOIN device_summary s ON s.device_id = d.id \
        WHERE d.id = $1 AND (d.stolen <> 0 OR s.status = 'stolen')";
    Ok(tx.fetch_optional(STOLEN, args![device]).await?.is_some())
}

/// A queue that its own person filled would keep an administrator's erase out.
async fn refuse_too_many_in(tx: &Tx, actor: &Actor, device: &str) -> Result<(), Error> {
    const WAITING: &str = "SELECT count(*) FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.device_id = $1 AND c.finished = 0 AND b.own_person_id = $2";
    let person = actor.own_person().map(PersonId::as_str);
    let row = tx.fetch_one(WAITING, args![device, person]).await?;
    if row.i64(0)? < OWN_LIMIT {
        return Ok(());
    }
    Err(Error::new(
        Kind::Overloaded,
        "queue_full",
        "Enough of what you asked waits for this device already.",
    ))
}

/// Whose doing the lost mode is that is on, or on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LostBy {
    Nobody,
    Me,
    Others,
}

pub(super) async fn lost_by_in(tx: &Tx, actor: &Actor, device: &str) -> Result<LostBy, Error> {
    const ON: &str = "SELECT 1 FROM lost_mode WHERE device_id = $1 AND ended_at IS NULL \
        UNION ALL SELECT 1 FROM command WHERE device_id = $1 AND finished = 0 \
        AND request_type = 'EnableLostMode' LIMIT 1";
    const LAST: &str = "SELECT b.own_person_id FROM command c JOIN command_batch b ON b.id = c.batch_id \
        WHERE c.device_id = $1 AND c.request_type = 'EnableLostMode' \
        AND (c.finished = 0 OR c.status = 'acknowledged') ORDER BY c.created_at DESC, c.id DESC LIMIT 1";
    if tx.fetch_optional(ON, args![device]).await?.is_none() {
        return Ok(LostBy::Nobody);
    }
    let by = match tx.fetch_optional(LAST, args![device]).await? {
        Some(row) => row.opt_text(0)?,
        None => None,
    };
    Ok(match by {
        Some(by) if actor.own_person().is_some_and(|own| own.as_str() == by) => LostBy::Me,
        _ => LostBy::Others,
    })
}
