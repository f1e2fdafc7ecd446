//! A new profile for somebody who has proven the PIN already: devices drop a profile that is not installed
//! in time, and nobody should type a PIN twice for that.

use tillsyn_db::args;
use tillsyn_pki::hash;

use super::open::{How, StartedAttempt, find, launch, refuse_closed, refuse_without_push};
use crate::core::Core;
use crate::error::Error;
use crate::ids::AttemptId;

/// Starts a new attempt in the place of one of the same link. The secret of its profile's address proves
/// who asks; it is good for that until the attempt lapses, longer than for the profile itself.
///
/// # Errors
/// Not found when the secret is not that attempt's, or is too old; conflict when the invitation is over.
pub async fn start_again(
    core: &Core,
    code: &str,
    attempt: &AttemptId,
    secret: &str,
    address: Option<String>,
) -> Result<StartedAttempt, Error> {
    const FIND: &str = "SELECT platform, asks_consent FROM attempt WHERE id = $1 AND invitation_id = $2 \
        AND profile_hash = $3 AND expires_at > $4";
    let found = find(core, code).await?;
    refuse_closed(found.open.state)?;
    refuse_without_push(core, &found.org_unit_id).await?;
    let values = args![
        attempt,
        &found.open.id,
        hash::sha256_hex(secret.as_bytes()),
        core.now_ms()
    ];
    let row = core
        .db()
        .query_optional(FIND, values)
        .await?
        .ok_or_else(|| Error::not_found("attempt"))?;
    let platform = row.opt_text(0)?;
    let how = How {
        platform,
        address,
        replaces: Some(attempt.clone()),
        signed_in: found.needs_proof(),
        asks_consent: row.i64(1)? != 0,
        keeps_consent: true,
    };
    launch(core, found, how).await
}
