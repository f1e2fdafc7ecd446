//! Somebody asks for a look now: also at what was refused for good.

use serde_json::json;
use tillsyn_db::args;

use super::ask::ask_list_in;
use super::facts::try_again_in;
use super::request::request_in;
use crate::actor::{Actor, Permission, authorize, may};
use crate::core::Core;
use crate::error::{Error, Kind};
use crate::events::{self, NewEvent, prefix_end};
use crate::ids::{DeviceId, ProfileId};
use crate::profiles;

/// Devices of one transaction.
const CHUNK: i64 = 200;

/// Asks a device for its lists of profiles and looks at it anew; returns how many of its channels were
/// asked.
///
/// # Errors
/// Not found outside the scope; not capable when it is not enrolled.
pub async fn reconcile_device(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<usize, Error> {
    may(actor, Permission::DevicesQuery)?;
    let input = (core.clone(), actor.clone(), device.clone(), core.now_ms());
    let asked = core
        .db()
        .write(input, |tx, (core, actor, device, now)| {
            Box::pin(async move {
                const UNIT: &str = "SELECT d.org_unit_id, u.path, d.platform FROM device d \
                    JOIN org_unit u ON u.id = d.org_unit_id WHERE d.id = $1";
                const CHANNELS: &str = "SELECT ch.id FROM channel ch JOIN enrollment e \
                    ON e.id = ch.enrollment_id AND e.status = 'active' \
                    WHERE ch.device_id = $1 AND ch.ended_at IS NULL";
                let unit = tx.fetch_optional(UNIT, args![device]).await?;
                let unit = unit.ok_or_else(|| Error::not_found("device"))?;
                if !actor.reaches_device(unit.str(1)?, unit.str(2)?) {
                    return Err(Error::not_found("device"));
                }
                authorize(actor, Permission::DevicesQuery, unit.str(1)?)?;
                let rows = tx.fetch_all(CHANNELS, args![device]).await?;
                let channels: Vec<String> =
                    rows.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
                if channels.is_empty() {
                    return Err(Error::new(
                        Kind::NotCapable,
                        "not_enrolled",
                        "The device is not enrolled.",
                    ));
                }
                let asked = channels.len();
                ask_list_in(tx, core.keys(), channels, *now).await?;
                try_again_in(tx, device.as_str(), *now).await?;
                request_in(tx, vec![device.to_string()], *now).await?;
                let event =
                    NewEvent::done("device.reconcile", "device", device.as_str(), unit.str(0)?);
                events::record(tx, actor, *now, event).await?;
                Ok(asked)
            })
        })
        .await?;
    core.wake_reconciler();
    core.wake_push();
    Ok(asked)
}

/// Looks anew at the actor's devices that refused a profile; returns how many.
///
/// # Errors
/// Not found outside the scope.
pub async fn reconcile_profile(
    core: &Core,
    actor: &Actor,
    profile: &ProfileId,
) -> Result<usize, Error> {
    const UNIT: &str = "SELECT org_unit_id FROM profile WHERE id = $1";
    may(actor, Permission::DevicesQuery)?;
    profiles::reach(core, actor, profile).await?;
    let mut after = String::new();
    let mut count = 0;
    loop {
        let input = (
            profile.clone(),
            actor.unit_path.clone(),
            actor.platform_filter(),
            after,
            core.now_ms(),
        );
        let mut devices: Vec<String> = core
            .db()
            .write(input, |tx, (profile, path, own, after, now)| {
                Box::pin(async move {
                    const REFUSED: &str = "SELECT DISTINCT s.device_id FROM item_state s \
                        JOIN device_summary d ON d.device_id = s.device_id \
                        JOIN org_unit u ON u.id = d.org_unit_id WHERE s.item_id = $1 \
                        AND s.state = 'refused' AND u.path >= $2 AND u.path < $3 \
                        AND s.device_id > $4";
                    const AGAIN: &str = "UPDATE item_state SET next_attempt_at = $2 \
                        WHERE item_id = $1 AND state = 'refused' AND failures > 0 \
                        AND (next_attempt_at IS NULL OR next_attempt_at > $2) AND device_id {ids}";
                    let end = prefix_end(path);
                    let values = args![profile, path.as_str(), end, after.as_str(), CHUNK];
                    let sql = format!("{REFUSED}{own} ORDER BY s.device_id LIMIT $5");
                    let rows = tx.fetch_all_dyn(&sql, values).await?;
                    let devices: Vec<String> =
                        rows.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?;
                    if !devices.is_empty() {
                        tx.execute_in(AGAIN, devices.clone(), args![profile, *now])
                            .await?;
                        request_in(tx, devices.clone(), *now).await?;
                    }
                    Ok::<_, Error>(devices)
                })
            })
            .await?;
        count += devices.len();
        let Some(last) = devices.pop() else { break };
        after = last;
        core.wake_reconciler();
    }
    let input = (profile.clone(), actor.clone(), count, core.now_ms());
    core.db()
        .write(input, |tx, (profile, actor, count, now)| {
            Box::pin(async move {
                let unit = tx.fetch_one(UNIT, args![profile]).await?.text(0)?;
                let event = NewEvent::done("profile.reconcile", "profile", profile.as_str(), &unit)
                    .with(json!({ "devices": count }));
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(count)
}
