//! Recovery codes: ten, each good once in place of the second factor. Only hashes are stored.

use serde_json::json;
use tillsyn_db::{Tx, args};
use tillsyn_pki::hash;
use zeroize::Zeroizing;

use super::session::{Session, has_shown_in};
use super::{factor, store};
use crate::actor::require_fresh;
use crate::core::Core;
use crate::error::Error;
use crate::events::{self, NewEvent};
use crate::ids::AccountId;

const COUNT: usize = 10;
const ALPHABET: &str = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// 80 bits: a stolen table of plain hashes gives none of them away.
const LENGTH: usize = 16;

const INSERT: &str =
    "INSERT INTO recovery_code (code_hash, account_id, created_at) VALUES ($1, $2, $3)";
const USE: &str = "UPDATE recovery_code SET used_at = $3 \
    WHERE code_hash = $1 AND account_id = $2 AND used_at IS NULL";
const CLEAR: &str = "DELETE FROM recovery_code WHERE account_id = $1";
const LEFT: &str = "SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL";
const ANY: &str = "SELECT count(*) FROM recovery_code WHERE account_id = $1";

/// New codes as they are shown: four groups of four.
pub(super) fn make() -> Vec<Zeroizing<String>> {
    let code = || {
        let plain = Zeroizing::new(hash::random_code(ALPHABET, LENGTH));
        let groups: Vec<String> = plain
            .chars()
            .collect::<Vec<_>>()
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        Zeroizing::new(groups.join("-"))
    };
    (0..COUNT).map(|_| code()).collect()
}

fn hash_of(account: &AccountId, typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    hash::sha256_hex(format!("{}:{plain}", account.as_str()).as_bytes())
}

async fn insert_in(
    tx: &Tx,
    account: &AccountId,
    codes: &[Zeroizing<String>],
    now_ms: i64,
) -> Result<(), Error> {
    for code in codes {
        tx.execute(INSERT, args![hash_of(account, code), account, now_ms])
            .await?;
    }
    Ok(())
}

/// Stores the codes with the first second factor; whoever has codes keeps them.
pub(super) async fn keep_first_in(
    tx: &Tx,
    account: &AccountId,
    codes: &[Zeroizing<String>],
    now_ms: i64,
) -> Result<bool, Error> {
    if tx.fetch_one(ANY, args![account]).await?.i64(0)? > 0 {
        return Ok(false);
    }
    insert_in(tx, account, codes, now_ms).await?;
    Ok(true)
}

pub(super) async fn use_code_in(
    tx: &Tx,
    account: &AccountId,
    typed: &str,
    now_ms: i64,
) -> Result<bool, Error> {
    let hash = hash_of(account, typed);
    Ok(tx.execute(USE, args![hash, account, now_ms]).await? == 1)
}

pub(super) async fn left_in(tx: &Tx, account: &AccountId) -> Result<i64, Error> {
    Ok(tx.fetch_one(LEFT, args![account]).await?.i64(0)?)
}

/// Ten new codes in place of the old ones, shown this once.
///
/// # Errors
/// A conflict when the account has no second factor that they could stand in for.
pub async fn new_recovery_codes(
    core: &Core,
    session: &Session,
) -> Result<Vec<Zeroizing<String>>, Error> {
    let now_ms = core.now_ms();
    require_fresh(&session.actor, now_ms)?;
    let codes = make();
    let input = (session.clone(), codes.clone(), now_ms);
    core.db()
        .write(input, |tx, (session, codes, now)| {
            Box::pin(async move {
                let (actor, id) = (&session.actor, &session.account.id);
                has_shown_in(tx, &session.token_hash, id).await?;
                if !factor::of_in(tx, id).await?.has_second() {
                    return Err(Error::conflict(
                        "no_second_factor",
                        "Add a passkey or an authenticator app first.",
                    ));
                }
                tx.execute(CLEAR, args![id]).await?;
                insert_in(tx, id, codes, *now).await?;
                let unit = store::unit_of(tx, id).await?;
                let event = NewEvent::done("recovery_code.create", "account", id.as_str(), &unit)
                    .with(json!({ "count": codes.len() }));
                events::record(tx, actor, *now, event).await?;
                Ok(())
            })
        })
        .await?;
    Ok(codes)
}
