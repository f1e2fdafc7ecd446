//! How often what decides over desired items was changed: plans see whether the world moved since they were
//! made, nodes whether what they hold in memory still is true.

use tillsyn_db::{Tx, args};

use crate::error::Error;

/// Counts a change, in its transaction.
pub(crate) async fn bump_in(tx: &Tx) -> Result<(), Error> {
    const BUMP: &str = "UPDATE config_revision SET value = value + 1 WHERE name = 'desired'";
    tx.execute(BUMP, args![]).await?;
    Ok(())
}
