//! A device that its person sets up once more: after it was erased, removed, or lost its profile. The link is for
//! that device alone, so it opens no way around who may bring devices in.

use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::own_devices::{Link, OwnInvitation, make_in, mint};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DeviceId, InvitationId};
use crate::self_service;

struct Again {
    actor: Actor,
    device: DeviceId,
    id: InvitationId,
    code_hash: String,
    now_ms: i64,
}

/// Makes a link by which this device of the actor's own comes in again, as it was: in its unit, and belonging to
/// whom it belonged.
///
/// # Errors
/// Not found for a device that is not theirs; forbidden where the policy of its unit has it off, and for a device
/// that is marked as stolen; too many links in a day.
pub async fn invite_again(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<OwnInvitation, Error> {
    let ((id, code_hash), code): (_, Zeroizing<String>) = mint(core);
    let again = Again {
        actor: actor.clone(),
        device: device.clone(),
        id: id.clone(),
        code_hash,
        now_ms: core.now_ms(),
    };
    core.db()
        .write(again, |tx, again| {
            Box::pin(async move { again.run(tx).await })
        })
        .await?;
    Ok(OwnInvitation { id, code })
}

impl Again {
    async fn run(&self, tx: &Tx) -> Result<(), Error> {
        let device = self.device.as_str();
        let place = self_service::admit_again_in(tx, &self.actor, device).await?;
        let person = self
            .actor
            .own_person()
            .ok_or_else(|| Error::not_found("device"))?;
        let link = Link {
            unit: &place.unit,
            ownership: &place.ownership,
            device: Some(device),
        };
        let minted = (&self.id, self.code_hash.as_str());
        make_in(tx, &self.actor, person, minted, &link, self.now_ms).await
    }
}

/// Whether a device may come in by the link of an attempt: always, unless the link is for another one, or the one that
/// it is for was given to somebody else since, is stolen, lost or no longer known.
pub(crate) async fn is_meant_in(
    tx: &Tx,
    attempt: &str,
    serial: Option<&str>,
    udid: Option<&str>,
) -> Result<bool, Error> {
    const FIND: &str = "SELECT d.serial_number, d.udid FROM attempt t \
        JOIN invitation i ON i.id = t.invitation_id \
        LEFT JOIN device_summary d ON d.device_id = i.for_device_id AND d.person_id = i.person_id \
        AND d.status NOT IN ('stolen', 'lost') AND NOT EXISTS (SELECT 1 FROM device x \
        WHERE x.id = d.device_id AND x.stolen <> 0) AND NOT EXISTS (SELECT 1 FROM lost_mode m \
        WHERE m.device_id = d.device_id AND m.ended_at IS NULL) \
        WHERE t.id = $1 AND i.for_device_id IS NOT NULL";
    let Some(row) = tx.fetch_optional(FIND, args![attempt]).await? else {
        return Ok(true);
    };
    let (known_serial, known_udid) = (row.opt_text(0)?, row.opt_text(1)?);
    let same_serial = serial.is_some() && known_serial.as_deref() == serial;
    let same_udid = udid.is_some() && known_udid.as_deref() == udid;
    Ok(same_serial || same_udid)
}
