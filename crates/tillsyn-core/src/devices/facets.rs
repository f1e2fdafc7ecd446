//! How many devices there are of each value of a filter.

use std::collections::BTreeMap;

use super::list::{DeviceFilter, Query, UNKNOWN, reaches_all};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;

/// A filter whose values are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    Platform,
    Status,
    Ownership,
    Contact,
    OsVersion,
    Model,
}

const FACETS: usize = 6;

impl Facet {
    fn wanted(self, filter: &DeviceFilter) -> &[String] {
        match self {
            Self::Platform => &filter.platform,
            Self::Status => &filter.status,
            Self::Ownership => &filter.ownership,
            Self::Contact => &filter.contact,
            Self::OsVersion => &filter.os_version,
            Self::Model => &filter.model,
        }
    }

    const ALL: [Self; FACETS] = [
        Self::Platform,
        Self::Status,
        Self::Ownership,
        Self::Contact,
        Self::OsVersion,
        Self::Model,
    ];
}

/// Devices by all of these values at once.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    rows: Vec<([String; FACETS], i64)>,
    filter: DeviceFilter,
}

impl Facets {
    /// The values of one filter that there are, most first, as the other filters leave them.
    pub fn of(&self, facet: Facet) -> Vec<(String, i64)> {
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for (values, count) in &self.rows {
            let passes = |other: &Facet| {
                let wanted = other.wanted(&self.filter);
                let value = values.get(*other as usize).map_or("", String::as_str);
                let value = if value.is_empty() { UNKNOWN } else { value };
                *other == facet || wanted.is_empty() || wanted.iter().any(|w| w == value)
            };
            let value = values.get(facet as usize).map_or("", String::as_str);
            if !value.is_empty() && Facet::ALL.iter().all(passes) {
                *counts.entry(value).or_default() += count;
            }
        }
        let mut counts: Vec<_> = counts.into_iter().map(|(v, n)| (v.to_owned(), n)).collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

/// Groups devices by all that facets count, in the order of their index, so that nothing has to be sorted.
pub(super) fn grouped(actor: &Actor) -> String {
    let first = if reaches_all(actor) {
        "d.org_unit_id"
    } else {
        "u.path, d.org_unit_id"
    };
    format!(
        " GROUP BY {first}, d.platform, d.status, d.ownership, d.contact, d.os_version, \
         COALESCE(d.model_name, d.model, '')"
    )
}

/// The counts for the devices of the actor's scope, in one statement that reads one index alone unless the
/// filter asks for more than these values.
pub async fn facets(core: &Core, actor: &Actor, filter: &DeviceFilter) -> Result<Facets, Error> {
    const SELECT: &str = "SELECT d.platform, d.status, COALESCE(d.ownership, ''), d.contact, \
        COALESCE(d.os_version, ''), COALESCE(d.model_name, d.model, ''), count(*)";
    may(actor, Permission::DevicesRead)?;
    let rest = DeviceFilter {
        platform: Vec::new(),
        status: Vec::new(),
        ownership: Vec::new(),
        contact: Vec::new(),
        os_version: Vec::new(),
        model: Vec::new(),
        ..filter.clone()
    };
    let mut query = Query::of_scope(SELECT, actor);
    query.filter(&rest);
    query.sql.push_str(&grouped(actor));
    let rows = core
        .db()
        .read((query.sql, query.values), |tx, (sql, values)| {
            Box::pin(async move { Ok::<_, Error>(tx.fetch_all_dyn(sql, values.clone()).await?) })
        })
        .await?;
    let mut counted: BTreeMap<[String; FACETS], i64> = BTreeMap::new();
    for row in &rows {
        let values = [
            row.text(0)?,
            row.text(1)?,
            row.text(2)?,
            row.text(3)?,
            row.text(4)?,
            row.text(5)?,
        ];
        *counted.entry(values).or_default() += row.i64(6)?;
    }
    Ok(Facets {
        rows: counted.into_iter().collect(),
        filter: filter.clone(),
    })
}
