//! Keys of people who were erased: kept only as hashes, so that no later reading makes them again.

use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;

use crate::error::Error;
use crate::ids::PersonId;

/// The hash of a key under the source's salt.
pub(super) fn hashed(salt: &str, key: &str) -> String {
    hash::hex(&hash::hmac_sha256(salt.as_bytes(), &[key.as_bytes()]))
}

/// Keeps in mind that these keys are nobody's any more.
pub(super) async fn bury_in(
    tx: &Tx,
    (source, salt): (&str, &str),
    keys: &[&str],
    (person, reason): (&PersonId, &'static str),
    now_ms: i64,
) -> Result<(), Error> {
    const PUT: &str = "INSERT INTO directory_tombstone (source_id, key_hash, reason, at, person_id) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source_id, key_hash) \
        DO UPDATE SET reason = excluded.reason, at = excluded.at, person_id = excluded.person_id";
    // An erased person has no id any more.
    let person = (reason != "erased").then_some(person);
    for key in keys {
        let values = args![source, hashed(salt, key), reason, now_ms, person];
        tx.execute(PUT, values).await?;
    }
    Ok(())
}

/// Whether one of these keys was somebody's who was erased.
pub(super) async fn erased_in(
    tx: &Tx,
    (source, salt): (&str, &str),
    keys: &[&str],
) -> Result<bool, Error> {
    const FIND: &str = "SELECT 1 FROM directory_tombstone WHERE source_id = $1 AND key_hash = $2 \
        AND reason = 'erased'";
    for key in keys {
        let found = tx
            .fetch_optional(FIND, args![source, hashed(salt, key)])
            .await?;
        if found.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
