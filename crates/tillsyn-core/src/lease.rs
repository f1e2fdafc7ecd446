//! Work that one node does at a time. Whoever writes under a lease claims it first, in the same
//! transaction: a node that slept through its time finds the lease with somebody else and writes nothing
//! (security S91). Clocks decide only who works, never what is right.

use tillsyn_db::{DbError, Tx, args};
use tillsyn_pki::hash;

use crate::clock::{HOUR_MS, SECOND_MS};
use crate::core::Core;

/// How long a node that died holds the others up.
const LEASE_MS: i64 = 15 * SECOND_MS;

/// A name for one worker of one process: a node that starts again is somebody else.
pub(crate) fn holder(core: &Core) -> String {
    format!("{}/{}", core.config().node, hash::random_token(9))
}

/// Claims or prolongs a lease; false when another worker has it. On PostgreSQL the row stays locked until
/// the transaction ends, so use it first and in `write_locked`.
pub(crate) async fn claim_in(
    tx: &Tx,
    name: &str,
    holder: &str,
    now_ms: i64,
) -> Result<bool, DbError> {
    const CLAIM: &str = "UPDATE worker_lease SET holder = $2, lease_until = $4 \
        WHERE name = $1 AND (holder = $2 OR lease_until <= $3 OR lease_until > $5)";
    // Nobody holds a lease for so long: its holder's clock was wrong.
    let values = args![name, holder, now_ms, now_ms + LEASE_MS, now_ms + HOUR_MS];
    Ok(tx.execute(CLAIM, values).await? > 0)
}

/// Keeps the holder out until the transaction ends, for what any node may do between two of its steps. Use it
/// first and in `write_locked`.
pub(crate) async fn lock_in(tx: &Tx, name: &str) -> Result<(), DbError> {
    const LOCK: &str = "UPDATE worker_lease SET lease_until = lease_until WHERE name = $1";
    tx.execute(LOCK, args![name]).await?;
    Ok(())
}

/// Notes how far the work has come.
pub(crate) async fn reach_in(tx: &Tx, name: &str, cursor: i64) -> Result<(), DbError> {
    const REACH: &str = "UPDATE worker_lease SET cursor = $2 WHERE name = $1";
    tx.execute(REACH, args![name, cursor]).await?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tillsyn_db::{Db, DbError, args, both_engines};

    use super::{LEASE_MS, claim_in, reach_in};
    use crate::clock::DAY_MS;

    const NAME: &str = "audit.seal";

    /// A step of work under the lease, as every worker does it.
    async fn work(db: &Db, holder: &'static str, now_ms: i64, cursor: i64) -> bool {
        db.write_locked((holder, now_ms, cursor), |tx, (holder, now, cursor)| {
            Box::pin(async move {
                if !claim_in(tx, NAME, holder, *now).await? {
                    return Ok::<_, DbError>(false);
                }
                reach_in(tx, NAME, *cursor).await?;
                Ok(true)
            })
        })
        .await
        .unwrap()
    }

    async fn reached(db: &Db) -> i64 {
        let sql = "SELECT cursor FROM worker_lease WHERE name = 'audit.seal'";
        let rows = db.query_all(sql, args![]).await.unwrap();
        rows[0].i64(0).unwrap()
    }

    both_engines!(a_lease_of_a_wrong_future_holds_nobody_up, |db| async move {
        assert!(work(&db, "ahead", 400 * DAY_MS, 5).await);
        assert!(work(&db, "right", 1_000, 6).await);
        assert!(!work(&db, "third", 1_000, 7).await);
        assert_eq!(reached(&db).await, 6);
    });

    both_engines!(an_old_holder_writes_nothing, |db| async move {
        assert!(work(&db, "old", 1_000, 5).await);
        assert!(!work(&db, "new", 1_000 + LEASE_MS - 1, 6).await);
        // The old one sleeps, the new one takes over; what the old one had in its hands is refused, also when
        // its clock stood still.
        assert!(work(&db, "new", 1_000 + LEASE_MS, 7).await);
        for now in [1_001, 1_000 + LEASE_MS + 1] {
            assert!(!work(&db, "old", now, 9).await, "at {now}");
        }
        assert_eq!(reached(&db).await, 7);
    });
}
