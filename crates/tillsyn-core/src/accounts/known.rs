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

/// What was known of a browser before a right sign-in.
pub(super) struct Remembered {
    /// It has a value that we gave it, and keeps that.
    pub(super) kept: bool,
    /// This account signed in with it before; that a colleague did does not count.
    pub(super) known: bool,
}

/// Remembers the browser: under the value that it has, if we gave it that, else under `fresh`.
pub(super) async fn remember_in(
    tx: &Tx,
    caller: &Caller,
    account: &AccountId,
    fresh_hash: &str,
    now_ms: i64,
) -> Result<Remembered, Error> {
    let mut before = Remembered {
        kept: false,
        known: false,
    };
    let mut hash = fresh_hash.to_owned();
    if let Some(own) = caller.known_hash()
        && tx.fetch_optional(ANY, args![&own]).await?.is_some()
    {
        let known = tx.fetch_optional(FIND, args![&own, account]).await?;
        before = Remembered {
            kept: true,
            known: known.is_some(),
        };
        hash = own;
    }
    tx.execute(PUT, args![hash, account, now_ms]).await?;
    Ok(before)
}

pub(super) async fn forget_in(tx: &Tx, account: &AccountId) -> Result<(), Error> {
    tx.execute(FORGET, args![account]).await?;
    Ok(())
}
