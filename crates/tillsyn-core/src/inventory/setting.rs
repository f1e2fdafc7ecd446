//! How often devices are asked: the organisation's choice, within bounds that protect batteries and data plans.

use serde::{Deserialize, Serialize};

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;
use crate::settings;

const NAME: &str = "inventory";

/// Cadence of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InventorySettings {
    /// Off: a device is asked after its enrollment and when a person asks, never by itself.
    pub scheduled: bool,
    /// Hours between two looks at a device, 4 to 720.
    pub device_hours: i64,
    /// Hours between two lists of its apps, 12 to 720.
    pub apps_hours: i64,
}

impl Default for InventorySettings {
    fn default() -> Self {
        Self {
            scheduled: true,
            device_hours: 24,
            apps_hours: 168,
        }
    }
}

/// The cadence in force.
pub async fn inventory_settings(core: &Core) -> Result<InventorySettings, Error> {
    settings::read(core, NAME).await
}

/// Changes the cadence; questions that are due later than the new one are drawn nearer as they come.
///
/// # Errors
/// Invalid outside the bounds; refused without the permission to change settings.
pub async fn set_inventory_settings(
    core: &Core,
    actor: &Actor,
    new: InventorySettings,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    if !(4..=720).contains(&new.device_hours) {
        return Err(Error::invalid(
            "device_hours",
            "inventory_hours",
            "Devices are looked at every 4 to 720 hours.",
        ));
    }
    if !(12..=720).contains(&new.apps_hours) {
        return Err(Error::invalid(
            "apps_hours",
            "inventory_hours",
            "Apps are listed every 12 to 720 hours.",
        ));
    }
    let now_ms = core.now_ms();
    core.db()
        .write(
            (actor.clone(), new, root, now_ms),
            |tx, (actor, value, root, now)| {
                Box::pin(async move {
                    settings::write_in(tx, NAME, value, *now).await?;
                    let event =
                        NewEvent::done("settings.change", "setting", NAME, root.id.as_str())
                            .with(serde_json::json!(value));
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}
