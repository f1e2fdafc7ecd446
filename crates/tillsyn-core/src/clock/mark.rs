//! The time that was surely reached, kept in the database: a server that starts with an older clock goes on from
//! there, on whichever node (S86).

use tillsyn_db::{Db, Tx, args};

use super::Clock;
use crate::actor::Actor;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::new_uuid;
use crate::org;

const NAME: &str = "clock";
const FIND: &str = "SELECT updated_at, value FROM setting WHERE name = $1";
/// What the mark is called until somebody takes another time for right.
pub(super) const FIRST: &str = "null";

/// Lets the clock of a starting node go on from the mark.
pub(crate) async fn resume(db: &Db, clock: &Clock) -> Result<(), Error> {
    let Some(row) = db.query_optional(FIND, args![NAME]).await? else {
        return Ok(());
    };
    clock.resume(row.i64(0)?, row.text(1)?);
    tell(clock);
    Ok(())
}

/// Writes down how far time has come for sure; once a minute. Not once somebody took another time for right: who
/// did not start again since is in the wrong one.
pub(crate) async fn raise(core: &Core) -> Result<(), Error> {
    const RAISE: &str = "INSERT INTO setting (name, value, updated_at) VALUES ($1, $3, $2) \
        ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at \
        WHERE setting.updated_at < excluded.updated_at AND setting.value = excluded.value";
    tell(core.clock());
    let Some(sure) = core.clock().sure_ms() else {
        return Ok(());
    };
    core.db()
        .write((sure, core.clock().mark()), |tx, (sure, mark)| {
            Box::pin(async move {
                tx.execute(RAISE, args![NAME, *sure, mark.as_str()]).await?;
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
             that expired comes back. Devices and sign-ins may be refused meanwhile. Set the clock right; if the \
             later time was the wrong one, stop every node, run `tillsyn doctor --accept-clock` and start them again"
        );
    }
}

/// Takes the system's clock for right although later times were told. Servers that run go on as before until
/// they are started again, and are not listened to any more. What they hold by leases of the later time is let go.
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
    const LOWER: &str = "UPDATE setting SET updated_at = $2, value = $3 WHERE name = $1";
    const LEASES: [&str; 2] = [
        "UPDATE worker_lease SET holder = '', lease_until = 0 WHERE lease_until > $1",
        "UPDATE guess_limit SET blocked_until = 0 WHERE blocked_until > $1",
    ];
    let Some(row) = tx.fetch_optional(FIND, args![NAME]).await? else {
        return Ok(0);
    };
    let back = row.i64(0)?.saturating_sub(wall).max(0);
    if back > 0 {
        let mark = serde_json::Value::from(new_uuid(wall).to_string());
        tx.execute(LOWER, args![NAME, wall, mark.to_string()])
            .await?;
        for release in LEASES {
            tx.execute(release, args![wall]).await?;
        }
        let event = NewEvent::done("clock.accept", "setting", NAME, root)
            .with(serde_json::json!({ "back_seconds": back / 1_000 }));
        events::record(tx, actor, now, event).await?;
    }
    Ok(back)
}
