//! Devices by unit: those right below one, each with what is below it, and the devices of the unit itself.

use std::collections::HashMap;

use tillsyn_db::{Row, args};

use super::count::{ReportFilter, ReportRow};
use crate::actor::Actor;
use crate::core::Core;
use crate::devices::{Tally, tally};
use crate::error::Error;
use crate::events::prefix_end;
use crate::ids::OrgUnitId;

pub(super) struct ByUnit {
    pub(super) rows: Vec<ReportRow>,
    pub(super) unit: (OrgUnitId, String),
}

struct Unit {
    id: String,
    parent: Option<String>,
    name: String,
    path: String,
}

pub(super) async fn count(
    core: &Core,
    actor: &Actor,
    filter: &ReportFilter,
) -> Result<ByUnit, Error> {
    const UNITS: &str = "SELECT u.id, u.parent_id, u.name, u.path FROM org_unit u \
        WHERE u.path >= $1 AND u.path < $2 AND u.removed_at IS NULL";
    let path = actor.unit_path.as_str();
    let rows = core
        .db()
        .query_all(UNITS, args![path, prefix_end(path)])
        .await?;
    let decode = |row: &Row| {
        Ok(Unit {
            id: row.text(0)?,
            parent: row.opt_text(1)?,
            name: row.text(2)?,
            path: row.text(3)?,
        })
    };
    let units = rows.iter().map(decode).collect::<Result<Vec<_>, Error>>()?;
    let is_top = |unit: &&Unit| match &filter.unit {
        Some(wanted) => unit.id == wanted.as_str(),
        None => unit.path == path,
    };
    let top = units.iter().find(is_top);
    let top = top.ok_or_else(|| Error::not_found("organisational unit"))?;
    let what = Tally {
        columns: "d.org_unit_id AS unit",
        statement: "SELECT t.unit, CAST(SUM(t.devices) AS BIGINT) FROM ({rows}) t GROUP BY t.unit",
        limits: Vec::new(),
        kinds: true,
    };
    let decode = |row: &Row| Ok((row.text(0)?, row.i64(1)?));
    let counts = tally(core, actor, &filter.devices(), what, decode).await?;
    let counts: HashMap<String, i64> = counts.into_iter().collect();
    let of = |unit: &Unit| counts.get(&unit.id).copied().unwrap_or(0);
    let below = |child: &Unit| {
        let inside = units
            .iter()
            .filter(|unit| unit.path.starts_with(&child.path));
        inside.map(of).sum()
    };
    let row = |unit: &Unit, itself: bool, devices: i64| ReportRow {
        platform: None,
        value: unit.id.clone(),
        name: Some(unit.name.clone()),
        itself,
        devices,
    };
    let children = units
        .iter()
        .filter(|unit| unit.parent.as_deref() == Some(&top.id));
    let mut rows = vec![row(top, true, of(top))];
    rows.extend(children.map(|child| row(child, false, below(child))));
    Ok(ByUnit {
        rows,
        unit: (OrgUnitId::from_store(top.id.clone()), top.name.clone()),
    })
}
