//! Names of accounts, for pages that tell who did what.

use std::collections::HashMap;

use tillsyn_db::args;

use crate::core::Core;
use crate::error::Error;

/// The names of these accounts; an id that is no account's is absent.
pub async fn account_names(
    core: &Core,
    ids: Vec<String>,
) -> Result<HashMap<String, String>, Error> {
    const NAMES: &str = "SELECT a.id, COALESCE(p.name, a.name) FROM account a \
        LEFT JOIN person p ON p.id = a.person_id WHERE a.id {ids}";
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    core.db()
        .read(ids, |tx, ids| {
            Box::pin(async move {
                let rows = tx.fetch_all_in(NAMES, ids.clone(), args![]).await?;
                let named = rows.iter().map(|row| Ok((row.text(0)?, row.text(1)?)));
                named.collect::<Result<_, Error>>()
            })
        })
        .await
}
