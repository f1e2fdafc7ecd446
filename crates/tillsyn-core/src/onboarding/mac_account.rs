//! On a Mac the account of the person who installs the profile is managed along, on a channel of its own.

use tillsyn_db::args;

use crate::core::Core;
use crate::error::Error;
use crate::ids::AttemptId;

/// Whether the Mac of an attempt has told us of an account that is managed along.
///
/// # Errors
/// Only when the store fails.
pub async fn mac_account_is_managed(core: &Core, attempt: &AttemptId) -> Result<bool, Error> {
    const FIND: &str = "SELECT ch.id FROM enrollment e JOIN channel ch ON ch.enrollment_id = e.id \
        WHERE e.attempt_id = $1 AND e.status = 'active' AND ch.name <> 'device' \
        AND ch.ended_at IS NULL LIMIT 1";
    Ok(core
        .db()
        .query_optional(FIND, args![attempt])
        .await?
        .is_some())
}
