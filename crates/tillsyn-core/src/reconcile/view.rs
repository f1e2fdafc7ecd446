//! Desired, delivered, confirmed: per device with why it has each item, per profile with its devices.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use tillsyn_db::{Row, Tx, args};

use crate::actor::{Actor, Permission, authorize_device, may};
use crate::assignments::{Catalogue, Mode, Subject, TargetKind, catalogue_in, subjects_in};
use crate::commands::store::shown_name;
use crate::core::Core;
use crate::desired::State;
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::{DeviceId, ProfileId};
use crate::paging::{Cursor, Page, page_size};
use crate::profiles;

/// One profile on one channel of a device.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ItemView {
    pub device_id: DeviceId,
    pub device_name: String,
    /// `device` or `user:<id>`.
    pub channel: String,
    /// The user's short name, of a user channel.
    pub user_name: Option<String>,
    /// With the name; none of a profile above those that the actor reaches.
    pub profile_id: Option<ProfileId>,
    pub profile_name: Option<String>,
    pub identifier: String,
    pub state: String,
    /// A stable code, and what belongs to it: the device's error chain, the variable that is missing.
    pub reason: Option<String>,
    pub reason_detail: Option<Json>,
    /// None when it is to be absent.
    pub desired_version: Option<i64>,
    /// What the device acknowledged last.
    pub delivered_version: Option<i64>,
    pub delivered_at: Option<i64>,
    /// Of the bytes that were sent.
    pub delivered_sha256: Option<String>,
    /// What its own answer proved since.
    pub confirmed_version: Option<i64>,
    pub confirmed_at: Option<i64>,
    /// `profile_list`.
    pub proof: Option<String>,
    pub failures: i64,
    pub next_attempt_at: Option<i64>,
    /// Times that the device lost or changed it by itself.
    pub drifts: i64,
    pub drifted_at: Option<i64>,
    pub command: Option<CommandNote>,
    pub updated_at: i64,
    /// Only on a single device.
    pub why: Vec<Why>,
}

/// The command that works on an item.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CommandNote {
    pub id: String,
    pub request_type: String,
    pub status: String,
    pub status_reason: Option<String>,
}

/// An assignment that brings an item, and by which of its targets.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Why {
    pub assignment_id: String,
    /// The version that it fixes; `None` follows the newest.
    pub version: Option<i64>,
    pub targets: Vec<WhyTarget>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct WhyTarget {
    /// `device`, `group` or `org_unit`.
    pub kind: String,
    /// With the name; none of a unit or group above those that the actor reaches.
    pub id: Option<String>,
    pub name: Option<String>,
    /// Whether the group holds the device's person, not the device.
    pub by_person: bool,
}

/// A profile that is on a device and not ours to keep.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ForeignProfile {
    pub channel: String,
    pub identifier: String,
    pub name: Option<String>,
    pub managed: Option<bool>,
    /// Whether it is the one that manages the device.
    pub enrolls: bool,
    pub observed_at: i64,
}

/// Everything of one device.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DeviceItems {
    pub items: Vec<ItemView>,
    pub foreign: Vec<ForeignProfile>,
}

macro_rules! select {
    () => {
        "SELECT s.device_id, d.name, d.serial_number, ch.name, ch.user_short_name, s.item_id, p.name, \
         s.item, s.state, s.reason, s.reason_detail, s.desired_version, s.delivered_version, \
         s.delivered_at, s.delivered_sha256, s.confirmed_hash, s.confirmed_at, s.proof, s.failures, \
         s.next_attempt_at, s.drifts, s.drifted_at, s.updated_at, c.id, c.request_type, c.status, \
         c.status_reason, s.assignments, s.channel_id, pu.path FROM item_state s \
         JOIN device_summary d ON d.device_id = s.device_id \
         JOIN org_unit u ON u.id = d.org_unit_id \
         JOIN channel ch ON ch.id = s.channel_id \
         JOIN profile p ON p.id = s.item_id JOIN org_unit pu ON pu.id = p.org_unit_id \
         LEFT JOIN command c ON c.id = s.command_id AND c.finished = 0 "
    };
}

fn decode(row: &Row, actor: &Actor) -> Result<ItemView, Error> {
    let named = actor.reaches(row.str(29)?);
    let device_id = row.text(0)?;
    let delivered_version = row.opt_i64(12)?;
    let command = match row.opt_text(23)? {
        Some(id) => Some(CommandNote {
            id,
            request_type: row.text(24)?,
            status: row.text(25)?,
            status_reason: row.opt_text(26)?,
        }),
        None => None,
    };
    Ok(ItemView {
        device_name: shown_name(
            row.opt_text(1)?.as_deref(),
            row.opt_text(2)?.as_deref(),
            &device_id,
        ),
        device_id: DeviceId::from_store(device_id),
        channel: row.text(3)?,
        user_name: row.opt_text(4)?,
        profile_id: named
            .then(|| row.text(5))
            .transpose()?
            .map(ProfileId::from_store),
        profile_name: named.then(|| row.text(6)).transpose()?,
        identifier: row.text(7)?,
        state: row.text(8)?,
        reason: row.opt_text(9)?,
        reason_detail: row
            .opt_text(10)?
            .and_then(|text| serde_json::from_str(&text).ok()),
        desired_version: row.opt_i64(11)?,
        delivered_version,
        delivered_at: row.opt_i64(13)?,
        delivered_sha256: row.opt_text(14)?,
        confirmed_version: delivered_version.filter(|_| row.is_null(15).is_ok_and(|null| !null)),
        confirmed_at: row.opt_i64(16)?,
        proof: row.opt_text(17)?,
        failures: row.i64(18)?,
        next_attempt_at: row.opt_i64(19)?,
        drifts: row.i64(20)?,
        drifted_at: row.opt_i64(21)?,
        updated_at: row.i64(22)?,
        command,
        why: Vec::new(),
    })
}

/// What one device is to have and has, with why.
///
/// # Errors
/// Not found outside the scope.
pub async fn items_of_device(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
) -> Result<DeviceItems, Error> {
    const UNIT: &str = "SELECT u.path, d.platform FROM device d JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE d.id = $1";
    const ITEMS: &str = concat!(
        select!(),
        "WHERE s.device_id = $1 ORDER BY ch.name, p.name, s.item"
    );
    may(actor, Permission::DevicesRead)?;
    core.db()
        .read(
            (core.clone(), actor.clone(), device.clone()),
            |tx, (core, actor, device)| {
                Box::pin(async move {
                    let unit = tx.fetch_optional(UNIT, args![device]).await?;
                    let unit = unit.ok_or_else(|| Error::not_found("device"))?;
                    let (path, platform) = (unit.str(0)?, unit.str(1)?);
                    authorize_device(actor, Permission::DevicesRead, path, platform)
                        .map_err(|_| Error::not_found("device"))?;
                    let catalogue = catalogue_in(tx, core).await?;
                    let subjects = subjects_in(tx, vec![device.to_string()]).await?;
                    let names = target_names_in(tx, actor, &catalogue, subjects.first()).await?;
                    let mut items = Vec::new();
                    for row in tx.fetch_all(ITEMS, args![device]).await? {
                        let mut item = decode(&row, actor)?;
                        let ids = row.opt_text(27)?.unwrap_or_default();
                        let ids: Vec<String> = serde_json::from_str(&ids).unwrap_or_default();
                        if let Some(subject) = subjects.first() {
                            item.why = why(&catalogue, subject, &ids, &names);
                        }
                        items.push(item);
                    }
                    let foreign = foreign_in(tx, device).await?;
                    Ok(DeviceItems { items, foreign })
                })
            },
        )
        .await
}

/// The targets of these assignments that hold the device.
fn why(
    catalogue: &Catalogue,
    subject: &Subject,
    ids: &[String],
    names: &HashMap<(TargetKind, String), Option<String>>,
) -> Vec<Why> {
    let assignments = catalogue.assignments().iter();
    let assignments = assignments.filter(|assignment| ids.contains(&assignment.id));
    assignments
        .map(|assignment| Why {
            assignment_id: assignment.id.clone(),
            version: assignment.version,
            targets: assignment
                .targets
                .iter()
                .filter(|target| target.mode == Mode::Include)
                .filter_map(|target| {
                    let name = names.get(&(target.kind, target.id.clone()))?;
                    Some(WhyTarget {
                        kind: target.kind.as_str().to_owned(),
                        id: name.as_ref().map(|_| target.id.clone()),
                        name: name.clone(),
                        by_person: target.kind == TargetKind::Group
                            && !subject.groups.contains(&target.id),
                    })
                })
                .collect(),
        })
        .collect()
}

/// The names of everything that assignments can reach this device by; none where the actor reaches less.
async fn target_names_in(
    tx: &Tx,
    actor: &Actor,
    catalogue: &Catalogue,
    subject: Option<&Subject>,
) -> Result<HashMap<(TargetKind, String), Option<String>>, Error> {
    const GROUPS: &str = "SELECT g.id, g.name, u.path FROM device_group g \
        JOIN org_unit u ON u.id = g.org_unit_id WHERE g.id {ids}";
    const UNITS: &str = "SELECT id, name, path FROM org_unit WHERE id {ids}";
    const DEVICE: &str = "SELECT name, serial_number FROM device_summary WHERE device_id = $1";
    let mut names = HashMap::new();
    let Some(subject) = subject.filter(|_| !catalogue.assignments().is_empty()) else {
        return Ok(names);
    };
    let shown = |row: &Row| -> Result<Option<String>, Error> {
        let name = row.text(1)?;
        Ok(actor.reaches(row.str(2)?).then_some(name))
    };
    let groups = subject.groups.union(&subject.person_groups).cloned();
    for row in tx.fetch_all_in(GROUPS, groups.collect(), args![]).await? {
        names.insert((TargetKind::Group, row.text(0)?), shown(&row)?);
    }
    let units = subject.unit_path.split('/').filter(|unit| !unit.is_empty());
    let units = units.map(str::to_owned).collect();
    for row in tx.fetch_all_in(UNITS, units, args![]).await? {
        names.insert((TargetKind::OrgUnit, row.text(0)?), shown(&row)?);
    }
    let id = &subject.device_id;
    if let Some(row) = tx.fetch_optional(DEVICE, args![id.as_str()]).await? {
        let (name, serial) = (row.opt_text(0)?, row.opt_text(1)?);
        let name = shown_name(name.as_deref(), serial.as_deref(), id);
        names.insert((TargetKind::Device, id.clone()), Some(name));
    }
    Ok(names)
}

async fn foreign_in(tx: &Tx, device: &DeviceId) -> Result<Vec<ForeignProfile>, Error> {
    const FOREIGN: &str = "SELECT ch.name, i.identifier, i.name, i.managed, i.observed_at, \
        e.profile_identifier FROM installed_profile i \
        JOIN channel ch ON ch.id = i.channel_id AND ch.ended_at IS NULL \
        JOIN enrollment e ON e.id = ch.enrollment_id AND e.status = 'active' \
        WHERE i.device_id = $1 AND NOT EXISTS (SELECT 1 FROM item_state s \
        WHERE s.channel_id = i.channel_id AND s.kind = 'profile' AND s.item = i.identifier) \
        ORDER BY ch.name, i.identifier";
    let mut found = Vec::new();
    for row in tx.fetch_all(FOREIGN, args![device]).await? {
        let (channel, identifier) = (row.text(0)?, row.text(1)?);
        found.push(ForeignProfile {
            enrolls: channel == "device" && identifier == row.str(5)?,
            channel,
            identifier,
            name: row.opt_text(2)?,
            managed: row.opt_i64(3)?.map(|flag| flag != 0),
            observed_at: row.i64(4)?,
        });
    }
    Ok(found)
}

/// How many channels of the actor's devices stand where with a profile, by state.
///
/// # Errors
/// Not found outside the scope.
pub async fn count_items(
    core: &Core,
    actor: &Actor,
    profile: &ProfileId,
) -> Result<BTreeMap<String, i64>, Error> {
    const COUNT: &str = "SELECT s.state, count(*) FROM item_state s \
        JOIN device_summary d ON d.device_id = s.device_id JOIN org_unit u ON u.id = d.org_unit_id \
        WHERE s.item_id = $1 AND s.kind = 'profile' AND u.path >= $2 AND u.path < $3";
    profiles::reach(core, actor, profile).await?;
    let own = actor.platform_filter();
    let input = (profile.clone(), actor.unit_path.clone(), own);
    core.db()
        .read(input, |tx, (profile, path, own)| {
            Box::pin(async move {
                let values = args![profile, path.as_str(), prefix_end(path)];
                let mut counts: BTreeMap<String, i64> = State::ALL
                    .iter()
                    .map(|state| (state.as_str().to_owned(), 0))
                    .collect();
                let sql = format!("{COUNT}{own} GROUP BY s.state");
                for row in tx.fetch_all_dyn(&sql, values).await? {
                    counts.insert(row.text(0)?, row.i64(1)?);
                }
                Ok(counts)
            })
        })
        .await
}

/// The devices of the actor's scope that have a profile, or are to have it.
///
/// # Errors
/// Not found outside the scope; invalid for a state that there is not.
pub async fn items_of_profile(
    core: &Core,
    actor: &Actor,
    profile: &ProfileId,
    state: Option<&str>,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<ItemView>, Error> {
    const ITEMS: &str = concat!(
        select!(),
        "WHERE s.item_id = $1 AND s.kind = 'profile' AND u.path >= $2 AND u.path < $3 \
         AND ($4 = '' OR s.state = $4) \
         AND (s.device_id > $5 OR (s.device_id = $5 AND s.channel_id > $6))"
    );
    let limit = page_size(limit)?;
    let state = match state {
        None => "",
        Some(text) => State::parse(text)
            .ok_or_else(|| Error::invalid("state", "state", "There is no such state."))?
            .as_str(),
    };
    may(actor, Permission::DevicesRead)?;
    profiles::reach(core, actor, profile).await?;
    let (device, channel) = match after.map(Cursor::decode).transpose()? {
        None => (String::new(), String::new()),
        Some(cursor) => (cursor.first_text()?, second_text(&cursor)?),
    };
    let input = (profile.clone(), actor.clone(), device, channel);
    core.db()
        .read(input, move |tx, (profile, actor, device, channel)| {
            Box::pin(async move {
                let path = actor.unit_path.as_str();
                let values = args![
                    profile,
                    path,
                    prefix_end(path),
                    state,
                    device.as_str(),
                    channel.as_str(),
                    limit + 1
                ];
                let own = actor.platform_filter();
                let sql = format!("{ITEMS}{own} ORDER BY s.device_id, s.channel_id LIMIT $7");
                let rows = tx.fetch_all_dyn(&sql, values).await?;
                let keep = usize::try_from(limit).unwrap_or(usize::MAX);
                let items = rows.iter().take(keep).map(|row| decode(row, actor));
                let items = items.collect::<Result<Vec<_>, Error>>()?;
                let next = match (rows.len() > keep, rows.get(keep.saturating_sub(1))) {
                    (true, Some(last)) => {
                        let place = vec![Json::from(last.text(0)?), Json::from(last.text(28)?)];
                        Some(Cursor::new(place).encode())
                    }
                    _ => None,
                };
                Ok(Page { items, next })
            })
        })
        .await
}

fn second_text(cursor: &Cursor) -> Result<String, Error> {
    let second = cursor.values().get(1).and_then(Json::as_str);
    second.map(str::to_owned).ok_or_else(|| {
        Error::invalid(
            "after",
            "cursor",
            "This cursor is not one of ours; start without it.",
        )
    })
}
