//! Counting.

use std::cmp::Reverse;

use tillsyn_db::Row;

use super::name::{AGES, CONTACTS, ReportName};
use super::{UNKNOWN, units};
use crate::actor::{Actor, Permission, may};
use crate::clock::DAY_MS;
use crate::core::Core;
use crate::devices::{DeviceFilter, Tally, tally};
use crate::error::Error;
use crate::ids::OrgUnitId;

/// Rows that a report has at most; the devices of the rest are counted together.
const MOST_ROWS: usize = 500;

/// Of which devices. Several values of one field mean "one of them".
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ReportFilter {
    pub platform: Vec<String>,
    pub status: Vec<String>,
    pub ownership: Vec<String>,
    /// In this unit or below.
    pub unit: Option<OrgUnitId>,
}

impl ReportFilter {
    pub(super) fn devices(&self) -> DeviceFilter {
        DeviceFilter {
            platform: self.platform.clone(),
            status: self.status.clone(),
            ownership: self.ownership.clone(),
            unit: self.unit.clone(),
            ..DeviceFilter::default()
        }
    }
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ReportRow {
    /// The platform, where the report is by platform, too.
    pub platform: Option<String>,
    /// A version, status, model, id of a unit, days from and to; [`UNKNOWN`] for what nobody knows.
    pub value: String,
    /// What people call the unit.
    pub name: Option<String>,
    /// The devices of the unit itself, not those below it.
    pub itself: bool,
    pub devices: i64,
}

/// Devices counted.
#[derive(Clone, Debug)]
pub struct Report {
    pub name: ReportName,
    pub rows: Vec<ReportRow>,
    /// Devices of further rows than are listed.
    pub others: i64,
    /// All devices that pass the filter.
    pub total: i64,
    /// When it was counted.
    pub at: i64,
    /// Of which part of the organisation it is, for a report by unit.
    pub unit: Option<(OrgUnitId, String)>,
}

/// Counts the devices of the actor's scope that pass the filter.
///
/// # Errors
/// Forbidden without the permission to see devices; not found for a unit that the actor does not reach.
pub async fn report(
    core: &Core,
    actor: &Actor,
    name: ReportName,
    filter: &ReportFilter,
) -> Result<Report, Error> {
    may(actor, Permission::DevicesRead)?;
    let now = core.now_ms();
    let mut unit = None;
    let mut rows = match name {
        ReportName::Unit => {
            let found = units::count(core, actor, filter).await?;
            unit = Some(found.unit);
            found.rows
        }
        ReportName::Age | ReportName::Contact => banded(core, actor, name, filter, now).await?,
        _ => grouped(core, actor, name, filter).await?,
    };
    let total = rows.iter().map(|row| row.devices).sum();
    let others = if rows.len() > MOST_ROWS {
        rows.sort_by_key(|row| Reverse(row.devices));
        rows.split_off(MOST_ROWS).iter().map(|r| r.devices).sum()
    } else {
        0
    };
    sort(name, &mut rows);
    Ok(Report {
        name,
        rows,
        others,
        total,
        at: now,
        unit,
    })
}

async fn grouped(
    core: &Core,
    actor: &Actor,
    name: ReportName,
    filter: &ReportFilter,
) -> Result<Vec<ReportRow>, Error> {
    const BY_ONE: &str = "SELECT NULL, t.value, CAST(SUM(t.devices) AS BIGINT) FROM ({rows}) t \
        GROUP BY t.value";
    const BY_TWO: &str = "SELECT t.platform, t.value, CAST(SUM(t.devices) AS BIGINT) \
        FROM ({rows}) t GROUP BY t.platform, t.value";
    let (columns, statement) = match name {
        ReportName::Os => (
            "d.platform AS platform, COALESCE(d.os_version, '') AS value",
            BY_TWO,
        ),
        ReportName::Ownership => ("COALESCE(d.ownership, '') AS value", BY_ONE),
        ReportName::Model => ("COALESCE(d.model_name, d.model, '') AS value", BY_ONE),
        _ => ("d.status AS value", BY_ONE),
    };
    let what = Tally {
        columns,
        statement,
        limits: Vec::new(),
        kinds: true,
    };
    let decode = |row: &Row| {
        let value = row.text(1)?;
        Ok(ReportRow {
            platform: row.opt_text(0)?,
            value: if value.is_empty() {
                UNKNOWN.to_owned()
            } else {
                value
            },
            name: None,
            itself: false,
            devices: row.i64(2)?,
        })
    };
    tally(core, actor, &filter.devices(), what, decode).await
}

async fn banded(
    core: &Core,
    actor: &Actor,
    name: ReportName,
    filter: &ReportFilter,
    now: i64,
) -> Result<Vec<ReportRow>, Error> {
    const BY_AGE: &str = "SELECT CASE WHEN t.at = 0 THEN 5 WHEN t.at > ? THEN 0 WHEN t.at > ? THEN 1 \
        WHEN t.at > ? THEN 2 WHEN t.at > ? THEN 3 ELSE 4 END, count(*) FROM ({rows}) t GROUP BY 1";
    let (bands, columns) = match name {
        ReportName::Contact => (CONTACTS, "COALESCE(d.last_seen, 0) AS at"),
        _ => (AGES, "COALESCE(d.enrolled_at, 0) AS at"),
    };
    let days = bands
        .iter()
        .filter_map(|band| band.split_once('-')?.1.parse::<i64>().ok());
    let what = Tally {
        columns,
        statement: BY_AGE,
        limits: days.map(|days| now - days * DAY_MS).collect(),
        kinds: false,
    };
    let decode = |row: &Row| Ok((row.i64(0)?, row.i64(1)?));
    let counts: Vec<(i64, i64)> = tally(core, actor, &filter.devices(), what, decode).await?;
    let row = |(at, band): (i64, &str)| ReportRow {
        platform: None,
        value: band.to_owned(),
        name: None,
        itself: false,
        devices: counts
            .iter()
            .find(|(found, _)| *found == at)
            .map_or(0, |(_, n)| *n),
    };
    Ok((0_i64..).zip(bands).map(row).collect())
}

fn sort(name: ReportName, rows: &mut [ReportRow]) {
    match name {
        ReportName::Os => rows.sort_by_cached_key(|row| {
            let version = (Reverse(numbers(&row.value)), row.value.clone());
            (row.platform.clone(), version)
        }),
        ReportName::Model => {
            rows.sort_by_cached_key(|row| (Reverse(row.devices), row.value.clone()));
        }
        ReportName::Status | ReportName::Ownership => rows.sort_by(|a, b| a.value.cmp(&b.value)),
        ReportName::Unit => rows.sort_by_cached_key(|row| (!row.itself, row.name.clone())),
        ReportName::Age | ReportName::Contact => {}
    }
}

/// A version as numbers, so that 10 is newer than 9.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.');
    parts.map_while(|part| part.parse().ok()).collect()
}
