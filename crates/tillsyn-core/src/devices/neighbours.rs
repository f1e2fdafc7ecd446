//! The devices before and behind one in the order of a list.

use tillsyn_db::{Tx, Value};

use super::list::{DeviceFilter, DeviceSort, Query};
use crate::actor::{Actor, Permission, may};
use crate::core::Core;
use crate::error::Error;
use crate::ids::DeviceId;

/// The device before and the one behind this one, as the list with this filter and order shows them. The device
/// itself need not pass the filter any more.
pub async fn neighbours(
    core: &Core,
    actor: &Actor,
    filter: &DeviceFilter,
    (sort, descending): (DeviceSort, bool),
    id: &DeviceId,
) -> Result<(Option<DeviceId>, Option<DeviceId>), Error> {
    may(actor, Permission::DevicesRead)?;
    let mut here = Query::of_scope(&format!("SELECT {}", sort.column()), actor);
    here.push(" AND d.device_id = ?", id.clone().into());
    let input = (here, actor.clone(), filter.clone(), id.clone());
    core.db()
        .read(input, move |tx, (here, actor, filter, id)| {
            Box::pin(async move {
                let rows = tx.fetch_all_dyn(&here.sql, here.values.clone()).await?;
                let row = rows.first().ok_or_else(|| Error::not_found("device"))?;
                let place = if sort.is_numeric() {
                    Value::from(row.i64(0)?)
                } else {
                    Value::from(row.str(0)?)
                };
                let next =
                    |descending, place| next_in(tx, actor, filter, (sort, descending), place, id);
                let before = next(!descending, place.clone()).await?;
                Ok::<_, Error>((before, next(descending, place).await?))
            })
        })
        .await
}

async fn next_in(
    tx: &Tx,
    actor: &Actor,
    filter: &DeviceFilter,
    (sort, descending): (DeviceSort, bool),
    place: Value,
    id: &DeviceId,
) -> Result<Option<DeviceId>, Error> {
    let mut query = Query::of_scope("SELECT d.device_id", actor);
    query.filter(filter);
    query.behind(sort, descending, place, id.as_str());
    let (column, order) = (sort.column(), if descending { "DESC" } else { "ASC" });
    let sql = format!(
        "{} ORDER BY {column} {order}, d.device_id {order} LIMIT 1",
        query.sql
    );
    let rows = tx.fetch_all_dyn(&sql, query.values).await?;
    let found = rows.first().map(|row| row.text(0)).transpose()?;
    Ok(found.map(DeviceId::from_store))
}
