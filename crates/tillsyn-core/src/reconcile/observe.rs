//! What is known of devices, as the decision sees it, for plans.

use std::collections::HashMap;

use tillsyn_db::Tx;

use super::look::settle;
use super::rows;
use crate::desired::Observed;
use crate::error::Error;

/// By channel; of one item when only that counts.
pub(crate) async fn observed_in(
    tx: &Tx,
    devices: Vec<String>,
    item_id: Option<&str>,
    now_ms: i64,
) -> Result<HashMap<String, Vec<Observed>>, Error> {
    let rows = match item_id {
        Some(item) => rows::of_item_in(tx, item, devices).await?,
        None => rows::of_devices_in(tx, devices).await?,
    };
    let mut seen: HashMap<String, Vec<Observed>> = HashMap::new();
    for (mut row, command) in rows {
        settle(&mut row, command.as_ref(), now_ms);
        let observed = row.observed(command.as_ref(), now_ms);
        seen.entry(row.channel_id).or_default().push(observed);
    }
    Ok(seen)
}
