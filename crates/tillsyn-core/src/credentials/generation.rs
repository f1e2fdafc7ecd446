use std::collections::{BTreeMap, HashMap};

use tillsyn_db::{Tx, args};

use crate::error::Error;

/// By channel, then by profile and payload. What was never delivered is absent and counts as the first.
pub(crate) type Generations = HashMap<String, BTreeMap<(String, String), i64>>;

/// Before a credential has a row.
const FIRST: i64 = 1;

/// The generations of everything that these channels carry.
pub(crate) async fn generations_in(tx: &Tx, channels: Vec<String>) -> Result<Generations, Error> {
    const FIND: &str =
        "SELECT channel_id, profile_id, payload, generation FROM credential WHERE channel_id {ids}";
    let mut found = Generations::new();
    if channels.is_empty() {
        return Ok(found);
    }
    for row in tx.fetch_all_in(FIND, channels, args![]).await? {
        let key = (row.text(1)?, row.text(2)?);
        found
            .entry(row.text(0)?)
            .or_default()
            .insert(key, row.i64(3)?);
    }
    Ok(found)
}

/// The generations of one profile's payloads on one channel, for its desired hash.
pub(crate) fn of_profile<'a>(
    generations: &Generations,
    channel_id: &str,
    profile_id: &str,
    payloads: impl IntoIterator<Item = &'a str>,
) -> BTreeMap<String, i64> {
    let of_channel = generations.get(channel_id);
    payloads
        .into_iter()
        .map(|payload| {
            let key = (profile_id.to_owned(), payload.to_owned());
            let stored = of_channel.and_then(|all| all.get(&key)).copied();
            (payload.to_owned(), stored.unwrap_or(FIRST))
        })
        .collect()
}
