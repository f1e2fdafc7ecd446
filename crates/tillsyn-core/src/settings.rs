//! Settings of the organisation, kept in the database as one JSON value per name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tillsyn_db::{Tx, args};

use crate::actor::{Actor, Permission, authorize};
use crate::assignments::bump_in;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;
use crate::reconcile::request::sweep_in;

/// The organisation as people and devices see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Organisation {
    pub name: String,
    /// Who helps: a mail address or telephone number shown on enrollment pages.
    pub support: Option<String>,
    /// Default language: `en`, `sv` or `ja`.
    pub language: String,
    /// IANA name of the zone in which deadlines are meant.
    pub time_zone: String,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            name: "Our organisation".to_owned(),
            support: None,
            language: "en".to_owned(),
            time_zone: "UTC".to_owned(),
        }
    }
}

/// The guard's adjustable figures (security §6). They can only be tightened below the table's row
/// except the hold and the budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GuardSettings {
    /// Minutes a single erase or retire waits, 0 to 10.
    pub hold_minutes: i64,
    /// Least number of erases and retires the organisation may do in 24 hours.
    pub day_floor: i64,
    /// Share of the fleet, in percent, that it may do in 24 hours.
    pub day_percent: i64,
    /// Erases and retires in 20 minutes.
    pub short_limit: i64,
    /// From how many devices an erase, retire or the like needs a second person; at most six.
    pub second_person_from: i64,
    /// What units want stricter, by their ids; it holds for their subtrees.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub units: BTreeMap<String, UnitGuard>,
}

/// What a unit wants stricter than what is above it; `None` is as above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitGuard {
    pub hold_minutes: Option<i64>,
    pub second_person_from: Option<i64>,
}

impl Default for GuardSettings {
    fn default() -> Self {
        Self {
            hold_minutes: 5,
            day_floor: 10,
            day_percent: 5,
            short_limit: 10,
            second_person_from: 6,
            units: BTreeMap::new(),
        }
    }
}

/// How Apple devices are answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppleDevices {
    /// Whether network users of a Mac are managed when they log in.
    pub manage_network_users: bool,
    /// Whether a device that asks after an erase comes back by itself (return to service).
    pub return_to_service: bool,
}

impl Default for AppleDevices {
    fn default() -> Self {
        Self {
            manage_network_users: true,
            return_to_service: false,
        }
    }
}

const FIND: &str = "SELECT value FROM setting WHERE name = $1";
const PUT: &str = "INSERT INTO setting (name, value, updated_at) VALUES ($1, $2, $3) \
    ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";

/// Reads a setting outside a transaction; its default when it was never set.
pub async fn read<T: Default + for<'de> Deserialize<'de>>(
    core: &Core,
    name: &'static str,
) -> Result<T, Error> {
    let row = core.db().query_optional(FIND, args![name]).await?;
    row.map_or_else(|| Ok(T::default()), |row| decode(name, &row.text(0)?))
}

/// The same inside a transaction.
pub(crate) async fn read_in<T: Default + for<'de> Deserialize<'de>>(
    tx: &Tx,
    name: &'static str,
) -> Result<T, Error> {
    let row = tx.fetch_optional(FIND, args![name]).await?;
    row.map_or_else(|| Ok(T::default()), |row| decode(name, &row.text(0)?))
}

fn decode<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| {
        Error::internal(format!("The stored setting {name} cannot be read.")).caused_by(error)
    })
}

pub(crate) async fn write_in<T: Serialize>(
    tx: &Tx,
    name: &'static str,
    value: &T,
    now_ms: i64,
) -> Result<(), Error> {
    let text = serde_json::to_string(value)
        .map_err(|error| Error::internal("A setting cannot be written.").caused_by(error))?;
    tx.execute(PUT, args![name, text, now_ms]).await?;
    Ok(())
}

pub const ORGANISATION: &str = "organisation";
pub const GUARD: &str = "guard";
pub const INVITATIONS: &str = "invitations";
pub const APPLE_DEVICES: &str = "apple_devices";

/// How Apple devices are answered.
pub async fn apple_devices(core: &Core, actor: &Actor) -> Result<AppleDevices, Error> {
    crate::actor::may(actor, Permission::DevicesRead)?;
    read(core, APPLE_DEVICES).await
}

/// Changes how Apple devices are answered.
pub async fn set_apple_devices(
    core: &Core,
    actor: &Actor,
    settings: AppleDevices,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    let input = (actor.clone(), settings, root, core.now_ms());
    core.db()
        .write(input, |tx, (actor, value, root, now)| {
            Box::pin(async move {
                write_in(tx, APPLE_DEVICES, value, *now).await?;
                let unit = root.id.as_str();
                let event = NewEvent::done("settings.change", "setting", APPLE_DEVICES, unit)
                    .with(serde_json::json!(value));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await
}

/// The organisation's name, language and support contact.
pub async fn organisation(core: &Core) -> Result<Organisation, Error> {
    read(core, ORGANISATION).await
}

/// Changes the organisation's name, language, support contact or time zone.
pub async fn set_organisation(
    core: &Core,
    actor: &Actor,
    organisation: Organisation,
) -> Result<(), Error> {
    let root = org::root(core).await?;
    authorize(actor, Permission::SettingsWrite, &root.path)?;
    if organisation.name.trim().is_empty() || organisation.name.chars().count() > 100 {
        return Err(Error::invalid(
            "name",
            "name_length",
            "The name has 1 to 100 characters.",
        ));
    }
    if !["en", "sv", "ja"].contains(&organisation.language.as_str()) {
        return Err(Error::invalid(
            "language",
            "language",
            "The language is en, sv or ja.",
        ));
    }
    let now_ms = core.now_ms();
    core.db()
        .write(
            (actor.clone(), organisation, root, now_ms),
            |tx, (actor, value, root, now)| {
                Box::pin(async move {
                    let before: Organisation = read_in(tx, ORGANISATION).await?;
                    write_in(tx, ORGANISATION, value, *now).await?;
                    if before.name != value.name {
                        // Profiles may name it: every device is looked at.
                        bump_in(tx).await?;
                        sweep_in(tx, "org_unit", root.id.as_str(), *now).await?;
                    }
                    let event = NewEvent::done(
                        "settings.change",
                        "setting",
                        ORGANISATION,
                        root.id.as_str(),
                    );
                    events::record(tx, actor, *now, event).await?;
                    Ok(())
                })
            },
        )
        .await
}
