//! Whether people bring devices in by themselves, whose those then are, and how many; what a unit says otherwise holds
//! for its subtree.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tillsyn_db::Tx;

use crate::actor::{Actor, Permission, authorize};
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::OrgUnitId;
use crate::{org, settings, units};

const OWN_DEVICES: &str = "own_devices";

/// Whose the devices are that people bring in by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// Nobody brings one in without an invitation.
    #[default]
    Off,
    Personal,
    Corporate,
}

impl Ownership {
    pub const ALL: [Self; 3] = [Self::Off, Self::Personal, Self::Corporate];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Personal => "personal",
            Self::Corporate => "corporate",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == text)
    }
}

/// The setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnDevices {
    pub ownership: Ownership,
    /// Managed devices that one person may have before they can bring in no more by themselves, 1 to 50.
    pub limit: i64,
}

impl Default for OwnDevices {
    fn default() -> Self {
        Self {
            ownership: Ownership::Off,
            limit: 5,
        }
    }
}

/// All that was set, of the organisation and of units by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    #[serde(flatten)]
    all: OwnDevices,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    units: BTreeMap<String, OwnDevices>,
}

impl Settings {
    /// What the nearest unit on the way says.
    fn at(&self, path: &str) -> OwnDevices {
        let near = path.rsplit('/').find_map(|unit| self.units.get(unit));
        near.copied().unwrap_or(self.all)
    }
}

/// What a unit says, and what holds there.
#[derive(Clone, Debug)]
pub struct OwnDevicesView {
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    /// The organisation as a whole, which always says something.
    pub root: bool,
    pub own: Option<OwnDevices>,
    pub effective: OwnDevices,
}

/// The setting for people of the unit at this path.
pub(super) async fn setting_in(tx: &Tx, path: &str) -> Result<OwnDevices, Error> {
    let settings: Settings = settings::read_in(tx, OWN_DEVICES).await?;
    Ok(settings.at(path))
}

/// The setting of the organisation.
///
/// # Errors
/// Only when the store fails.
pub async fn own_devices(core: &Core) -> Result<OwnDevices, Error> {
    let settings: Settings = settings::read(core, OWN_DEVICES).await?;
    Ok(settings.all)
}

/// Whether people of any unit bring devices in by themselves: asked where nobody is signed in yet.
///
/// # Errors
/// Only when the store fails.
pub async fn somebody_brings_devices(core: &Core) -> Result<bool, Error> {
    let settings: Settings = settings::read(core, OWN_DEVICES).await?;
    let mut all = settings.units.values().chain([&settings.all]);
    Ok(all.any(|setting| setting.ownership != Ownership::Off))
}

/// What a unit says; of the top of what the actor reaches when no unit is named.
///
/// # Errors
/// Not found for an unknown unit; forbidden outside of the actor's subtree.
pub async fn unit_own_devices(
    core: &Core,
    actor: &Actor,
    unit: Option<&OrgUnitId>,
) -> Result<OwnDevicesView, Error> {
    let unit = match unit {
        Some(id) => org::unit(core, id).await?,
        None => org::of_path(core, &actor.unit_path).await?,
    };
    authorize(actor, Permission::DevicesRead, &unit.path)?;
    let settings: Settings = settings::read(core, OWN_DEVICES).await?;
    Ok(view(&settings, unit))
}

fn view(settings: &Settings, unit: org::OrgUnit) -> OwnDevicesView {
    let root = unit.path == format!("{}/", unit.id);
    let own = settings.units.get(unit.id.as_str()).copied();
    OwnDevicesView {
        root,
        own: if root { Some(settings.all) } else { own },
        effective: settings.at(&unit.path),
        unit_id: unit.id,
        unit_name: unit.name,
    }
}

/// Changes the setting of the organisation.
///
/// # Errors
/// Forbidden without the right over the whole organisation; invalid outside of 1 to 50.
pub async fn set_own_devices(core: &Core, actor: &Actor, value: OwnDevices) -> Result<(), Error> {
    let root = org::root(core).await?;
    set_unit_own_devices(core, actor, &root.id, Some(value)).await?;
    Ok(())
}

/// Changes what a unit says; `None` for what is as above it. Devices that are there stay.
///
/// # Errors
/// Not found for an unknown unit; forbidden without the right to change settings there; invalid outside of 1 to 50.
pub async fn set_unit_own_devices(
    core: &Core,
    actor: &Actor,
    unit: &OrgUnitId,
    value: Option<OwnDevices>,
) -> Result<OwnDevicesView, Error> {
    let found = org::unit(core, unit).await?;
    authorize(actor, Permission::SettingsWrite, &found.path)?;
    if value.is_some_and(|value| !(1..=50).contains(&value.limit)) {
        return Err(Error::invalid(
            "limit",
            "own_devices_limit",
            "A person may have 1 to 50 devices.",
        ));
    }
    let input = (actor.clone(), found.id, value, core.now_ms());
    core.db()
        .write(input, |tx, (actor, unit, value, now)| {
            Box::pin(async move {
                let unit = units::find_in(tx, unit.as_str()).await?;
                authorize(actor, Permission::SettingsWrite, &unit.path)?;
                let mut all: Settings = settings::read_in(tx, OWN_DEVICES).await?;
                let before = all.clone();
                let id = unit.id.to_string();
                match value {
                    value if unit.path == format!("{id}/") => all.all = value.unwrap_or_default(),
                    Some(value) => {
                        all.units.insert(id.clone(), *value);
                    }
                    None => {
                        all.units.remove(&id);
                    }
                }
                if all != before {
                    settings::write_in(tx, OWN_DEVICES, &all, *now).await?;
                    let event = NewEvent::done("settings.change", "setting", OWN_DEVICES, &id)
                        .with(json!({ "before": view(&before, unit.clone()).own, "after": value }));
                    events::record(tx, actor, *now, event).await?;
                }
                Ok::<_, Error>(view(&all, unit))
            })
        })
        .await
}
