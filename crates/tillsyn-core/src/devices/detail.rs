//! One device: its row, enrollments, facts with source and age, installed profiles.

use serde_json::Value as Json;
use tillsyn_db::{Tx, args};

use super::channels::{ChannelView, channels_in};
use super::list::{COLUMNS, DeviceRow, decode};
use crate::actor::{Actor, Permission, authorize_device};
use crate::core::Core;
use crate::error::Error;
use crate::ids::{DeviceId, EnrollmentId, OrgUnitId};

/// Everything the device's page shows except its commands.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DeviceDetail {
    #[serde(flatten)]
    pub row: DeviceRow,
    pub unit_id: OrgUnitId,
    pub unit_name: String,
    pub udid: Option<String>,
    pub imei: Option<String>,
    pub build_version: Option<String>,
    pub passcode_present: Option<bool>,
    pub encrypted: Option<bool>,
    pub battery_percent: Option<i64>,
    pub capacity_bytes: Option<i64>,
    pub available_bytes: Option<i64>,
    pub stolen: bool,
    /// When the identity certificate that the enrollment is pinned to ends.
    pub certificate_not_after: Option<i64>,
    pub last_push_at: Option<i64>,
    pub last_push_answer: Option<String>,
    /// Kinds of sealed secrets that are held for it (`lock_pin`, `unlock_token`).
    pub escrow_kinds: Vec<String>,
    /// Identifier of the enrollment profile; removing it is a retire.
    pub enrollment_profile_identifier: Option<String>,
    pub enrollments: Vec<EnrollmentView>,
    pub channels: Vec<ChannelView>,
    pub facts: Vec<FactView>,
    pub profiles: Vec<InstalledProfileView>,
    /// When `ProfileList` was last answered.
    pub profiles_observed_at: Option<i64>,
}

/// One management relation.
#[derive(Clone, Debug, serde::Serialize)]
pub struct EnrollmentView {
    pub id: EnrollmentId,
    pub status: String,
    pub enrollment_type: String,
    pub ownership: String,
    /// When the device first spoke with this enrollment's certificate.
    pub began_at: i64,
    pub enrolled_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub end_reason: Option<String>,
}

/// One fact.
#[derive(Clone, Debug, serde::Serialize)]
pub struct FactView {
    pub name: String,
    pub value: Json,
    /// The query or message that said it.
    pub source: String,
    pub observed_at: i64,
    pub changed_at: i64,
}

/// A profile that the device says it has.
#[derive(Clone, Debug, serde::Serialize)]
pub struct InstalledProfileView {
    pub identifier: String,
    pub name: Option<String>,
    pub managed: Option<bool>,
    pub observed_at: i64,
    /// Whether it is the one that enrolls the device.
    pub enrolls: bool,
}

/// One device of the actor's scope.
pub async fn device(core: &Core, actor: &Actor, id: &DeviceId) -> Result<DeviceDetail, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, d.udid, d.imei, d.build_version, d.passcode_present, d.encrypted, \
         d.battery_percent, d.capacity_bytes, d.available_bytes, v.stolen, c.not_after, \
         ch.last_push_at, ch.last_push_answer, e.profile_identifier, u.path, u.id, u.name \
         FROM device_summary d JOIN org_unit u ON u.id = d.org_unit_id \
         JOIN device v ON v.id = d.device_id LEFT JOIN enrollment e ON e.id = d.enrollment_id \
         LEFT JOIN certificate c ON c.sha256 = e.pin_sha256 \
         LEFT JOIN channel ch ON ch.enrollment_id = e.id AND ch.name = 'device' \
         WHERE d.device_id = $1"
    );
    core.db()
        .read((sql, id.clone(), actor.clone()), |tx, (sql, id, actor)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, args![id]).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("device"))?;
                authorize_device(actor, Permission::DevicesRead, row.str(31)?, row.str(2)?)?;
                let flag = |i: usize| row.opt_i64(i).map(|v| v.map(|v| v != 0));
                let identifier = row.opt_text(30)?;
                let profiles = profiles_in(tx, id, identifier.as_deref()).await?;
                Ok::<_, Error>(DeviceDetail {
                    row: decode(row)?,
                    unit_id: OrgUnitId::from_store(row.text(32)?),
                    unit_name: row.text(33)?,
                    udid: row.opt_text(18)?,
                    imei: row.opt_text(19)?,
                    build_version: row.opt_text(20)?,
                    passcode_present: flag(21)?,
                    encrypted: flag(22)?,
                    battery_percent: row.opt_i64(23)?,
                    capacity_bytes: row.opt_i64(24)?,
                    available_bytes: row.opt_i64(25)?,
                    stolen: row.i64(26)? != 0,
                    certificate_not_after: row.opt_i64(27)?,
                    last_push_at: row.opt_i64(28)?,
                    last_push_answer: row.opt_text(29)?,
                    enrollment_profile_identifier: identifier,
                    escrow_kinds: escrow_in(tx, id).await?,
                    enrollments: enrollments_in(tx, id).await?,
                    channels: channels_in(tx, id).await?,
                    facts: facts_in(tx, id).await?,
                    profiles_observed_at: profiles.iter().map(|p| p.observed_at).max(),
                    profiles,
                })
            })
        })
        .await
}

async fn escrow_in(tx: &Tx, id: &DeviceId) -> Result<Vec<String>, Error> {
    const KINDS: &str = "SELECT DISTINCT kind FROM escrow WHERE device_id = $1 ORDER BY kind";
    let rows = tx.fetch_all(KINDS, args![id]).await?;
    Ok(rows
        .iter()
        .map(|row| row.text(0))
        .collect::<Result<_, _>>()?)
}

/// All that the device ever had, the newest first, and behind them those that it has begun.
async fn enrollments_in(tx: &Tx, id: &DeviceId) -> Result<Vec<EnrollmentView>, Error> {
    const LIST: &str = "SELECT id, status, enrollment_type, ownership, enrolled_at, ended_at, \
        end_reason, created_at FROM enrollment WHERE device_id = $1 OR (status = 'pending' \
        AND udid IS NOT NULL AND udid = (SELECT udid FROM device_summary WHERE device_id = $1)) \
        ORDER BY CASE WHEN status = 'pending' THEN 1 ELSE 0 END, created_at DESC LIMIT 50";
    tx.fetch_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(EnrollmentView {
                id: EnrollmentId::from_store(row.text(0)?),
                status: row.text(1)?,
                enrollment_type: row.text(2)?,
                ownership: row.text(3)?,
                enrolled_at: row.opt_i64(4)?,
                ended_at: row.opt_i64(5)?,
                end_reason: row.opt_text(6)?,
                began_at: row.i64(7)?,
            })
        })
        .collect()
}

async fn facts_in(tx: &Tx, id: &DeviceId) -> Result<Vec<FactView>, Error> {
    const LIST: &str = "SELECT name, value, source, observed_at, changed_at FROM fact \
        WHERE device_id = $1 ORDER BY name";
    tx.fetch_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            Ok(FactView {
                name: row.text(0)?,
                value: serde_json::from_str(&row.text(1)?).unwrap_or_default(),
                source: row.text(2)?,
                observed_at: row.i64(3)?,
                changed_at: row.i64(4)?,
            })
        })
        .collect()
}

async fn profiles_in(
    tx: &Tx,
    id: &DeviceId,
    enrolls: Option<&str>,
) -> Result<Vec<InstalledProfileView>, Error> {
    const LIST: &str = "SELECT p.identifier, p.name, p.managed, p.observed_at FROM installed_profile p \
        JOIN channel ch ON ch.id = p.channel_id AND ch.name = 'device' \
        JOIN device_summary d ON d.device_id = p.device_id AND d.enrollment_id = ch.enrollment_id \
        WHERE p.device_id = $1 ORDER BY p.identifier LIMIT 500";
    tx.fetch_all(LIST, args![id])
        .await?
        .iter()
        .map(|row| {
            let identifier = row.text(0)?;
            Ok(InstalledProfileView {
                enrolls: enrolls == Some(identifier.as_str()),
                identifier,
                name: row.opt_text(1)?,
                managed: row.opt_i64(2)?.map(|v| v != 0),
                observed_at: row.i64(3)?,
            })
        })
        .collect()
}
