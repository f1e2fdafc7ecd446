//! The time that was surely reached, kept in the database: a server that starts with an older clock goes on from
//! there, on whichever node (S86).

use tillsyn_db::{Db, Tx, args};

use super::Clock;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::org;

const NAME: &str = "clock";
const FIND: &str = "SELECT updated_at FROM setting WHERE name = $1";

/// Lets the clock of a starting node go on from the mark.
pub(crate) async fn resume(db: &Db, clock: &Clock) -> Result<(), Error> {
    let Some(row) = db.query_optional(FIND, args![NAME]).await? else {
        return Ok(());
    };
    clock.resume(row.i64(0)?);
    tell(clock);
    Ok(())
}

/// Writes down how far time has come for sure; once a minute.
pub(crate) async fn raise(core: &Core) -> Result<(), Error> {
    const RAISE: &str = "INSERT INTO setting (name, value, updated_at) VALUES ($1, 'null', $2) \
        ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at \
        WHERE setting.updated_at < excluded.updated_at";
    tell(core.clock());
    let Some(sure) = core.clock().sure_ms() else {
        return Ok(());
    };
    core.db()
        .write(sure, |tx, sure| {
            Box::pin(async move {
                tx.execute(RAISE, args![NAME, *sure]).await?;
                Ok(())
            })
        })
        .await
}

#[expect(clippy::cast_precision_loss, reason = "a gauge in seconds")]
fn tell(clock: &Clock) {
    let behind = clock.behind_ms();
    metrics::gauge!("tillsyn_clock_behind_seconds").set(behind as f64 / 1_000.0);
    if behind > super::STEP_MS {
        tracing::error!(
            clock.behind_seconds = behind / 1_000,
            "the system's clock is behind what this server has told already; it goes on from there, so that nothing \
             that expired comes back. Set the clock right; if the earlier time was the wrong one, run `tillsyn \
             doctor --accept-clock` and start the server again"
        );
    }
}

/// Takes the system's clock for right although later times were told. Servers that run go on as before until
/// they are started again.
///
/// Returns by how many milliseconds the mark went back.
pub async fn accept(core: &Core, actor: &Actor) -> Result<i64, Error> {
    let wall = core.now_ms() - core.clock().behind_ms();
    let root = org::root(core).await?;
    let input = (actor.clone(), root, wall, core.now_ms());
    core.db()
        .write(input, |tx, (actor, root, wall, now)| {
            Box::pin(async move { lower_in(tx, actor, root.id.as_str(), *wall, *now).await })
        })
        .await
}

async fn lower_in(tx: &Tx, actor: &Actor, root: &str, wall: i64, now: i64) -> Result<i64, Error> {
    const LOWER: &str = "UPDATE setting SET updated_at = $2 WHERE name = $1";
    let Some(row) = tx.fetch_optional(FIND, args![NAME]).await? else {
        return Ok(0);
    };
    let back = row.i64(0)?.saturating_sub(wall).max(0);
    if back > 0 {
        tx.execute(LOWER, args![NAME, wall]).await?;
        let event = NewEvent::done("clock.accept", "setting", NAME, root)
            .with(serde_json::json!({ "back_seconds": back / 1_000 }));
        events::record(tx, actor, now, event).await?;
    }
    Ok(back)
}
