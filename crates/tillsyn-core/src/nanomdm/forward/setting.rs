//! Who decides that a device's declarative management goes elsewhere, and where to.

use serde::Serialize;
use serde_json::json;
use tillsyn_db::{Tx, args};
use zeroize::Zeroizing;

use super::target::checked_url;
use crate::actor::{Actor, Permission, authorize_device, may, require_fresh};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::DeviceId;
use crate::webhooks::{host, masked};

/// Where to, and the key of both sides.
pub struct NewForward {
    pub url: String,
    /// Signs questions and answers; without it nothing is signed.
    pub key: Option<Zeroizing<String>>,
}

/// The choice of an enrollment; never with its key.
#[derive(Clone, Debug, Serialize)]
pub struct ForwardView {
    pub enrollment_id: String,
    pub url: String,
    pub signed: bool,
    /// `account`, `token` or another kind of actor.
    pub set_kind: String,
    pub set_by: String,
    pub set_at: i64,
}

/// A device as this setting sees it.
struct Found {
    unit_id: String,
    /// The enrollment it has now.
    enrollment_id: Option<String>,
    forward: Option<ForwardView>,
}

async fn find_in(
    tx: &Tx,
    actor: &Actor,
    needs: Permission,
    device: &DeviceId,
) -> Result<Found, Error> {
    const FIND: &str = "SELECT d.org_unit_id, u.path, d.platform, e.id, f.url, \
        f.key_sealed IS NOT NULL, f.set_kind, f.set_by, f.set_at FROM device d \
        JOIN org_unit u ON u.id = d.org_unit_id \
        LEFT JOIN enrollment e ON e.device_id = d.id AND e.status = 'active' \
        LEFT JOIN dm_forward f ON f.enrollment_id = e.id WHERE d.id = $1";
    let unknown = || Error::not_found("device");
    let row = tx.fetch_optional(FIND, args![device]).await?;
    let row = row.ok_or_else(unknown)?;
    authorize_device(actor, needs, row.str(1)?, row.str(2)?).map_err(|_| unknown())?;
    let enrollment_id = row.opt_text(3)?;
    let forward = match (&enrollment_id, row.opt_text(4)?) {
        (Some(enrollment_id), Some(url)) => Some(ForwardView {
            enrollment_id: enrollment_id.clone(),
            url,
            signed: row.bool(5)?,
            set_kind: row.text(6)?,
            set_by: row.text(7)?,
            set_at: row.i64(8)?,
        }),
        _ => None,
    };
    Ok(Found {
        unit_id: row.text(0)?,
        enrollment_id,
        forward,
    })
}

/// Where the device's declarative management goes; `None` when it is answered here.
///
/// # Errors
/// Not found outside the scope.
pub async fn find_forward(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<Option<ForwardView>, Error> {
    const NEEDS: Permission = Permission::WebhooksRead;
    may(actor, NEEDS)?;
    core.db()
        .read((actor.clone(), device.clone()), |tx, (actor, device)| {
            Box::pin(async move {
                let mut forward = find_in(tx, actor, NEEDS, device).await?.forward;
                // The address may hold a secret of that server, as a webhook's may.
                if !actor.holds(Permission::WebhooksWrite)
                    && let Some(forward) = &mut forward
                {
                    forward.url = masked(&forward.url);
                }
                Ok(forward)
            })
        })
        .await
}

/// What the device reports goes out, and what the other server declares comes in: it takes both permissions.
fn may_write(core: &Core, actor: &Actor) -> Result<i64, Error> {
    may(actor, Permission::WebhooksWrite)?;
    may(actor, Permission::DevicesConfigure)?;
    let now = core.now_ms();
    require_fresh(actor, now)?;
    Ok(now)
}

fn checked_key(key: &str) -> Result<(), Error> {
    if !(8..=512).contains(&key.len()) {
        let text = "The key has 8 to 512 characters.";
        return Err(Error::invalid("key", "forward_key", text));
    }
    Ok(())
}

/// Hands the declarative management of the enrollment that the device has now to another server, with that of its
/// users. It replaces what was chosen before.
///
/// # Errors
/// Not found outside the scope; invalid for an address that may not be asked; a conflict without an enrollment.
pub async fn set_forward(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    new: NewForward,
) -> Result<ForwardView, Error> {
    let now = may_write(core, actor)?;
    let url = checked_url(core, &new.url)?;
    new.key.as_ref().map_or(Ok(()), |key| checked_key(key))?;
    let input = (
        (actor.clone(), device.clone(), core.keys().clone()),
        (url, new.key, now),
    );
    core.db()
        .write(input, |tx, ((actor, device, keys), (url, key, now))| {
            Box::pin(async move {
                const SET: &str = "INSERT INTO dm_forward (enrollment_id, url, key_sealed, set_kind, set_by, \
                    set_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (enrollment_id) DO UPDATE SET \
                    url = excluded.url, key_sealed = excluded.key_sealed, set_kind = excluded.set_kind, \
                    set_by = excluded.set_by, set_at = excluded.set_at";
                let found = find_in(tx, actor, Permission::WebhooksWrite, device).await?;
                let Some(enrollment_id) = found.enrollment_id else {
                    let text = "The device is not enrolled.";
                    return Err(Error::conflict("not_enrolled", text));
                };
                let sealed = key.as_ref().map(|key| {
                    keys.seal(key.as_bytes(), "dm_forward", "key_sealed", &enrollment_id)
                });
                let view = ForwardView {
                    enrollment_id,
                    url: url.clone(),
                    signed: sealed.is_some(),
                    set_kind: actor.kind.as_str().to_owned(),
                    set_by: actor.id.clone(),
                    set_at: *now,
                };
                let values = args![
                    view.enrollment_id.as_str(),
                    url.as_str(),
                    sealed,
                    view.set_kind.as_str(),
                    view.set_by.as_str(),
                    *now
                ];
                tx.execute(SET, values).await?;
                let before = found.forward.as_ref().map(|before| host(&before.url));
                let unit = &found.unit_id;
                // The address may hold a secret of the receiver: only its host is told.
                let event = NewEvent::done("device.dm_forward_on", "device", device.as_str(), unit)
                    .with(json!({
                        "enrollment_id": view.enrollment_id, "host": host(url), "signed": view.signed,
                        "before": before,
                    }));
                events::record(tx, actor, *now, event).await?;
                Ok(view)
            })
        })
        .await
}

/// Answers the device here again.
///
/// # Errors
/// Not found outside the scope, and when nothing was handed on.
pub async fn clear_forward(core: &Core, actor: &Actor, device: &DeviceId) -> Result<(), Error> {
    let now = may_write(core, actor)?;
    core.db()
        .write(
            (actor.clone(), device.clone(), now),
            |tx, (actor, device, now)| {
                Box::pin(async move {
                    const CLEAR: &str = "DELETE FROM dm_forward WHERE enrollment_id = $1";
                    let found = find_in(tx, actor, Permission::WebhooksWrite, device).await?;
                    let forward = found
                        .forward
                        .ok_or_else(|| Error::not_found("forwarding"))?;
                    let enrollment = forward.enrollment_id.as_str();
                    tx.execute(CLEAR, args![enrollment]).await?;
                    let unit = &found.unit_id;
                    let id = device.as_str();
                    let event = NewEvent::done("device.dm_forward_off", "device", id, unit)
                        .with(json!({ "enrollment_id": enrollment, "host": host(&forward.url) }));
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}
