//! Browsers that signed in rightly before. Whoever fails for somebody else's account slows down strangers
//! only: a known browser has a counter of its own (security S12).

use tillsyn_db::{Tx, args};

use super::Caller;
use crate::error::Error;
use crate::ids::AccountId;

const FIND: &str = "SELECT 1 FROM known_browser WHERE token_hash = $1 AND account_id = $2";
const ANY: &str = "SELECT 1 FROM known_browser WHERE token_hash = $1 LIMIT 1";
const PUT: &str = "INSERT INTO known_browser (token_hash, account_id, created_at, last_used_at) \
    VALUES ($1, $2, $3, $3) ON CONFLICT (token_hash, account_id) \
    DO UPDATE SET last_used_at = excluded.last_used_at";
const FORGET: &str = "DELETE FROM known_browser WHERE account_id = $1";

/// Whose failures a try counts as: `what` names the secret that is guessed.
pub(super) async fn subject_in(
    tx: &Tx,
    caller: &Caller,
    account: Option<&AccountId>,
    what: &str,
    stranger: &str,
) -> Result<(String, bool), Error> {
    if let (Some(hash), Some(account)) = (caller.known_hash(), account)
        && tx
            .fetch_optional(FIND, args![&hash, account])
            .await?
            .is_some()
    {
        return Ok((format!("{what}:{}:{hash}", account.as_str()), true));
    }
    Ok((format!("{what}:{stranger}"), false))
}

/// Remembers the browser: under the value that it has, if we gave it that, else under `fresh`. Says which of
/// both counts.
pub(super) async fn remember_in(
    tx: &Tx,
    caller: &Caller,
    account: &AccountId,
    fresh_hash: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    let kept = match caller.known_hash() {
        Some(hash) => {
            let ours = tx.fetch_optional(ANY, args![&hash]).await?.is_some();
            ours.then_some(hash)
        }
        None => None,
    };
    let is_kept = kept.is_some();
    let hash = kept.unwrap_or_else(|| fresh_hash.to_owned());
    tx.execute(PUT, args![hash, account, now_ms]).await?;
    Ok(is_kept)
}

pub(super) async fn forget_in(tx: &Tx, account: &AccountId) -> Result<(), Error> {
    tx.execute(FORGET, args![account]).await?;
    Ok(())
}
