//! What a database is in the middle of: as long as it says so no server works on it.

use serde::{Deserialize, Serialize};
use tillsyn_db::{Db, Tx, args, fence};

use crate::error::Error;
use crate::settings;

const STATE: &str = "database_state";

/// Why no server may start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum State {
    /// The rows of a backup are here, and what they began is not ended yet.
    Restoring { sha256: String },
    /// On its way to another database.
    Moving { id: String },
    /// Gone to another database.
    Moved { id: String, engine: String },
}

pub(super) async fn read(db: &Db) -> Result<Option<State>, Error> {
    const FIND: &str = "SELECT value FROM setting WHERE name = $1";
    let Some(row) = db.query_optional(FIND, args![STATE]).await? else {
        return Ok(None);
    };
    let state = serde_json::from_str(row.str(0)?).map_err(|error| {
        Error::internal(
            "The database says that something is under way with it that this program does not know.",
        )
        .caused_by(error)
    })?;
    Ok(Some(state))
}

pub(super) async fn set_in(tx: &Tx, state: &State, now_ms: i64) -> Result<(), Error> {
    settings::write_in(tx, STATE, state, now_ms).await
}

/// Marks the source of a move. With the commit nobody writes there any more, whatever they slept through.
pub(super) async fn leave_in(tx: &Tx, state: &State, now_ms: i64) -> Result<(), Error> {
    fence::pass_in(tx).await?;
    set_in(tx, state, now_ms).await?;
    fence::up_in(tx).await?;
    Ok(())
}

/// Takes back what [`leave_in`] did.
pub(super) async fn stay_in(tx: &Tx) -> Result<(), Error> {
    fence::down_in(tx).await?;
    clear_in(tx).await
}

pub(super) async fn clear_in(tx: &Tx) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM setting WHERE name = $1";
    tx.execute(CLEAR, args![STATE]).await?;
    Ok(())
}

/// Refuses a database that is half restored, being moved, or was left behind by a move.
///
/// # Errors
/// A conflict that says how to go on.
pub async fn refuse_unfinished(db: &Db) -> Result<(), Error> {
    Err(match read(db).await? {
        None => return Ok(()),
        Some(State::Restoring { .. }) => Error::conflict(
            "restore_unfinished",
            "A restore into this database broke off. Run the same `tillsyn restore` again: it goes on where it \
             stopped.",
        ),
        Some(State::Moving { .. }) => Error::conflict(
            "move_unfinished",
            "This database is being moved to another one, or that broke off. Run the same `tillsyn \
             move-database` again, or `tillsyn move-database --undo` to stay with this one.",
        ),
        Some(State::Moved { engine, .. }) => Error::conflict(
            "database_moved",
            format!(
                "This database was moved to another one ({engine}), and what happened since is only there: set \
                 database.url to it. `tillsyn move-database --undo` goes back to this one and to what it knew then."
            ),
        ),
    })
}
