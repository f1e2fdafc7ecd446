//! What a person calls their own device.

use tillsyn_db::args;

use super::act::{Level, SelfAct};
use super::admit::{level_in, not_let, reach_in};
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::DeviceId;
use crate::text;

/// Longest name.
const LENGTH: usize = 60;

/// Gives a device of the actor's own a name; an empty one takes it away, so that the device's own name shows.
///
/// # Errors
/// Not found for a device that is not theirs; forbidden where the policy has it off; invalid for the name.
pub async fn rename(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    label: Option<String>,
) -> Result<(), Error> {
    const FIND: &str = "SELECT d.org_unit_id, u.path, d.ownership FROM device_summary d \
        JOIN org_unit u ON u.id = d.org_unit_id WHERE d.device_id = $1";
    const PUT: &str = "INSERT INTO device_label (device_id, person_id, label, updated_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (device_id) DO UPDATE SET person_id = excluded.person_id, \
        label = excluded.label, updated_at = excluded.updated_at";
    const CLEAR: &str = "DELETE FROM device_label WHERE device_id = $1";
    let input = (device.clone(), actor.clone(), label, core.now_ms());
    core.db()
        .write(input, |tx, (device, actor, label, now)| {
            Box::pin(async move {
                reach_in(tx, actor, device.as_str()).await?;
                let row = tx.fetch_one(FIND, args![device]).await?;
                let ownership = row.opt_text(2)?;
                let own = SelfAct::Rename;
                let level = level_in(tx, row.str(1)?, ownership.as_deref(), own).await?;
                if level == Level::Off {
                    return Err(not_let());
                }
                match text::optional("name", label.clone(), LENGTH)? {
                    Some(label) => {
                        let values = args![device, actor.own_person(), label, *now];
                        tx.execute(PUT, values).await?
                    }
                    None => tx.execute(CLEAR, args![device]).await?,
                };
                // That it has another name, not which: it is the person's word.
                let event = NewEvent::done("device.label", "device", device.as_str(), row.str(0)?);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}
