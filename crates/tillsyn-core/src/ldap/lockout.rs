//! Nobody locks accounts of the directory through our sign-in: after three failures in 15 minutes it is not asked
//! any more.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::clock::MINUTE_MS;
use crate::core::Core;
use crate::error::Error;
use crate::ids::DirectoryId;

const FREE: i64 = 3;
const WINDOW_MS: i64 = 15 * MINUTE_MS;

/// The name under which failures of a login, or of a person, are counted.
pub(super) fn subject(id: &DirectoryId, kind: &str, value: &str) -> String {
    let hashed = hash::hex(&hash::sha256(value.as_bytes()));
    format!("ldap/{}/{kind}/{hashed}", id.as_str())
}

/// Counts a try before the directory is asked, so that many at once are three. False: it is not asked.
pub(super) async fn reserve(core: &Core, subject: &str) -> Result<bool, Error> {
    core.db()
        .write((subject.to_owned(), core.now_ms()), |tx, (subject, now)| {
            Box::pin(async move { reserve_in(tx, subject, *now).await })
        })
        .await
}

async fn reserve_in(tx: &Tx, subject: &str, now_ms: i64) -> Result<bool, Error> {
    const FIND: &str = "SELECT window_start, failures FROM guess_limit WHERE subject = $1";
    const PUT: &str = "INSERT INTO guess_limit (subject, window_start, failures, blocked_until) \
        VALUES ($1, $2, $3, 0) ON CONFLICT (subject) DO UPDATE SET window_start = excluded.window_start, \
        failures = excluded.failures";
    let found = tx.fetch_optional(FIND, args![subject]).await?;
    let (start, failures) = match found {
        Some(row) if now_ms - row.i64(0)? < WINDOW_MS => (row.i64(0)?, row.i64(1)?),
        _ => (now_ms, 0),
    };
    if failures >= FREE {
        return Ok(false);
    }
    tx.execute(PUT, args![subject, start, failures + 1]).await?;
    Ok(true)
}

/// The directory judged no password: the try is given back.
pub(super) async fn give_back(core: &Core, subject: &str) -> Result<(), Error> {
    const UNDO: &str =
        "UPDATE guess_limit SET failures = failures - 1 WHERE subject = $1 AND failures > 0";
    core.db().execute(UNDO, args![subject]).await?;
    Ok(())
}

/// The password was right.
pub(super) async fn forget(core: &Core, subject: &str) -> Result<(), Error> {
    const CLEAR: &str = "DELETE FROM guess_limit WHERE subject = $1";
    core.db().execute(CLEAR, args![subject]).await?;
    Ok(())
}
