//! How often what devices are to have was changed: plans see whether the world moved, nodes whether the
//! catalogue that they hold in memory still is true.

use tillsyn_db::{Tx, args};

use crate::error::Error;

/// Notes, in the transaction of the change, that what devices are to have may have changed.
pub(crate) async fn bump_in(tx: &Tx) -> Result<i64, Error> {
    const BUMP: &str =
        "UPDATE config_revision SET value = value + 1 WHERE name = 'desired' RETURNING value";
    Ok(tx.fetch_one(BUMP, args![]).await?.i64(0)?)
}

pub(crate) async fn revision_in(tx: &Tx) -> Result<i64, Error> {
    const READ: &str = "SELECT value FROM config_revision WHERE name = 'desired'";
    Ok(tx.fetch_one(READ, args![]).await?.i64(0)?)
}
