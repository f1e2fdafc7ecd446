//! How many devices there are of each kind: one statement over the rows that a list of the same filter shows.

use tillsyn_db::{Row, Value};

use super::facets::grouped;
use super::list::{DeviceFilter, Query};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;

/// What is counted by.
pub(crate) struct Tally {
    /// Columns of a device `d` with names, like `d.status AS status`.
    pub(crate) columns: &'static str,
    /// A statement over these columns as `t`; `{rows}` are the devices or their kinds, each `?` the next of `limits`.
    pub(crate) statement: &'static str,
    /// Counted by what [`super::facets`] counts by alone: `{rows}` are kinds of devices with their number as
    /// `devices`, read in the order of one index.
    pub(crate) kinds: bool,
    pub(crate) limits: Vec<i64>,
}

/// Counts the devices of the actor's scope that pass the filter.
pub(crate) async fn tally<T: Send + 'static>(
    core: &Core,
    actor: &Actor,
    filter: &DeviceFilter,
    what: Tally,
    decode: fn(&Row) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    may(actor, Permission::DevicesRead)?;
    let devices = if what.kinds {
        ", count(*) AS devices"
    } else {
        ""
    };
    let mut query = Query::of_scope(&format!("SELECT {}{devices}", what.columns), actor);
    query.filter(filter);
    if what.kinds {
        query.sql.push_str(&grouped(actor));
    }
    let mut values = query.values;
    let mut statement = String::new();
    let mut limits = what.limits.into_iter();
    for piece in what.statement.split_inclusive('?') {
        match (piece.strip_suffix('?'), limits.next()) {
            (Some(text), Some(limit)) => {
                values.push(Value::from(limit));
                statement.push_str(text);
                statement.push('$');
                statement.push_str(&values.len().to_string());
            }
            _ => statement.push_str(piece),
        }
    }
    let sql = statement.replace("{rows}", &query.sql);
    core.db()
        .read((sql, values, decode), |tx, (sql, values, decode)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(sql, values.clone()).await?;
                rows.iter().map(*decode).collect::<Result<Vec<T>, Error>>()
            })
        })
        .await
}
