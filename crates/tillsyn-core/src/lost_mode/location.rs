//! Where a lost device was. Kept for seven days, while it is lost; each look and each answer is an event.

use serde_json::json;
use tillsyn_apple::result::{CommandResult, DeviceLocationResult};
use tillsyn_db::{Row, Tx, args};

use super::state;
use crate::actor::{Actor, Permission, may};
use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::devices;
use crate::error::Error;
use crate::escrow::{self, ResultContext};
use crate::events::{self, NewEvent};
use crate::ids::{DeviceId, new_uuid};
use crate::paging::{Cursor, Page, page_size};

/// Days that a location is kept (architecture §4).
pub(crate) const RETENTION_DAYS: i64 = 7;

/// One answer of a lost device.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Location {
    pub id: String,
    /// Degrees, WGS 84.
    pub latitude: f64,
    pub longitude: f64,
    /// Metres; the radius within which it is.
    pub horizontal_accuracy: Option<f64>,
    pub vertical_accuracy: Option<f64>,
    /// Metres above the sea.
    pub altitude: Option<f64>,
    /// Metres per second.
    pub speed: Option<f64>,
    /// Degrees from north.
    pub course: Option<f64>,
    /// The device's own time, as it wrote it.
    pub device_time: Option<String>,
    pub received_at: i64,
}

const INSERT: &str = "INSERT INTO location (id, device_id, command_id, latitude, longitude, \
    horizontal_accuracy, vertical_accuracy, altitude, speed, course, device_time, received_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
const LIST: &str = "SELECT id, latitude, longitude, horizontal_accuracy, vertical_accuracy, altitude, \
    speed, course, device_time, received_at FROM location WHERE device_id = $1 \
    AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3";

/// Keeps the answer to `DeviceLocation`. A device that is not in lost mode is not located, also when it
/// answers.
pub(super) async fn keep_in(
    tx: &Tx,
    context: &ResultContext<'_>,
    result: &CommandResult,
    now_ms: i64,
) -> Result<(), Error> {
    let Ok(answer) = DeviceLocationResult::read(&result.body) else {
        return Ok(());
    };
    let Some((latitude, longitude)) = answer.position() else {
        return Ok(());
    };
    if !state::is_on_in(tx, context.device_id).await? {
        return Ok(());
    }
    // Negative is Apple's word for "not valid".
    let valid = |value: Option<f64>| value.filter(|n| n.is_finite() && *n >= 0.0);
    let values = args![
        new_uuid(now_ms).to_string(),
        context.device_id,
        context.command_id,
        latitude,
        longitude,
        valid(answer.horizontal_accuracy),
        valid(answer.vertical_accuracy),
        answer.altitude.filter(|n| n.is_finite()),
        valid(answer.speed),
        valid(answer.course),
        answer
            .timestamp
            .map(|text| text.chars().take(40).collect::<String>()),
        now_ms
    ];
    tx.execute(INSERT, values).await?;
    // The event says that it was located, never where: events outlive locations.
    let policy = escrow::policy_in(tx).await?;
    let actor = Actor::device(context.device_id, context.address.map(str::to_owned));
    let event = NewEvent::done(
        "device.located",
        "device",
        context.device_id,
        context.org_unit_id,
    )
    .with(json!({
        "command_id": context.command_id,
        "tell_user": policy.tell_after_location,
    }));
    events::record(tx, &actor, now_ms, event).await?;
    Ok(())
}

/// Where a device of the actor's scope was, newest first.
pub async fn list_locations(
    core: &Core,
    actor: &Actor,
    device: &DeviceId,
    after: Option<&str>,
    limit: Option<i64>,
) -> Result<Page<Location>, Error> {
    may(actor, Permission::DevicesLocate)?;
    devices::reach(core, actor, device).await?;
    let limit = page_size(limit)?;
    let before = match after {
        Some(text) => Cursor::decode(text)?.first_text()?,
        None => String::new(),
    };
    let rows = core
        .db()
        .query_all(LIST, args![device, before, limit + 1])
        .await?;
    let keep = usize::try_from(limit).unwrap_or(0);
    let items = rows
        .iter()
        .take(keep)
        .map(decode)
        .collect::<Result<Vec<_>, _>>()?;
    if !items.is_empty() {
        note_read(core, actor, device).await?;
    }
    let next = match items.last() {
        Some(last) if rows.len() > keep => Some(Cursor::of_text(&last.id).encode()),
        _ => None,
    };
    Ok(Page { items, next })
}

/// Whoever looks where a device was leaves an event; a look that lasts leaves one a minute.
async fn note_read(core: &Core, actor: &Actor, device: &DeviceId) -> Result<(), Error> {
    const READ: &str = "SELECT 1 FROM event WHERE object_kind = 'device' AND object_id = $1 \
        AND action = 'device.locations_read' AND actor_id = $2 AND at > $3 LIMIT 1";
    const UNIT: &str = "SELECT org_unit_id FROM device WHERE id = $1";
    let input = (actor.clone(), device.clone(), core.now_ms());
    core.db()
        .write(input, |tx, (actor, device, now)| {
            Box::pin(async move {
                let values = args![device, actor.id.as_str(), *now - MINUTE_MS];
                if tx.fetch_optional(READ, values).await?.is_some() {
                    return Ok(());
                }
                let unit = tx.fetch_one(UNIT, args![device]).await?.text(0)?;
                let event =
                    NewEvent::done("device.locations_read", "device", device.as_str(), &unit);
                events::record(tx, actor, *now, event).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

fn decode(row: &Row) -> Result<Location, Error> {
    Ok(Location {
        id: row.text(0)?,
        latitude: row.f64(1)?,
        longitude: row.f64(2)?,
        horizontal_accuracy: row.opt_f64(3)?,
        vertical_accuracy: row.opt_f64(4)?,
        altitude: row.opt_f64(5)?,
        speed: row.opt_f64(6)?,
        course: row.opt_f64(7)?,
        device_time: row.opt_text(8)?,
        received_at: row.i64(9)?,
    })
}
